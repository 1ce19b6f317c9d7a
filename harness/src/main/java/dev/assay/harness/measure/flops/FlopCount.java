package dev.assay.harness.measure.flops;

/** Which multiplications by a weight are counted. */
public enum FlopCount {
  /** All, as a dense kernel does them. */
  DENSE_EQUIVALENT("dense equivalent"),
  /** Those by weights that are not exactly 0. */
  EFFECTIVE("effective, zeros skipped");

  private final String label;

  FlopCount(String label) {
    this.label = label;
  }

  /** The name in protocols. */
  public String label() {
    return label;
  }
}
