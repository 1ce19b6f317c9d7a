package dev.assay.harness.run.plan;

/**
 * How long a cell may take.
 *
 * @param seconds wall time
 * @param basis where the figure comes from
 */
public record CellEstimate(double seconds, Basis basis) {
  /** Where an estimate comes from. */
  public enum Basis {
    /** The time that a cell of the same name and measures took last. */
    EARLIER_RUN,
    /** A count of the arithmetic at an assumed rate; right to a factor of three or so. */
    COMPUTED
  }
}
