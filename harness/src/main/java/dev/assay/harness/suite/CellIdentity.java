package dev.assay.harness.suite;

/**
 * Everything that can change a cell's figures on a given machine. Same identity, same quality
 * figures there.
 *
 * @param subject what the cell asks
 * @param build the code that answers, as far as it can change a figure
 * @param threads threads of the kernels, a number on whatever machine
 * @param hardwareProfile the profile that was chosen, {@code none} without one
 */
public record CellIdentity(CellSubject subject, String build, int threads, String hardwareProfile) {
  private static final int DIGITS = 16;

  /** First 16 hexadecimal digits of the sha256 of this record as JSON, keys sorted. */
  public String id() {
    return RecordHash.of(this, DIGITS);
  }
}
