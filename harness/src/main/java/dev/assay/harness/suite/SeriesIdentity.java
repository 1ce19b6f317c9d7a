package dev.assay.harness.suite;

/**
 * What joins the nights of a history: the question alone, so that builds and machines may change.
 *
 * @param subject what the cell asks
 * @param threads threads as the target asks for them, {@code auto} or a number
 * @param hardwareProfile profile as the target asks for it, {@code auto} or a name
 */
public record SeriesIdentity(CellSubject subject, String threads, String hardwareProfile) {
  private static final int DIGITS = 16;

  /** First 16 hexadecimal digits of the sha256 of this record as JSON, keys sorted. */
  public String id() {
    return RecordHash.of(this, DIGITS);
  }
}
