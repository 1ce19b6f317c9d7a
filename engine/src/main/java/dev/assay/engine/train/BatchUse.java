package dev.assay.engine.train;

/** Which terms of a loss are taken of a batch. */
public enum BatchUse {
  /** All. */
  ALL(0),
  /** Those of what models wrote. */
  SAMPLES(1),
  /** Those of a text beside it. */
  TEXT(2);

  private final long code;

  BatchUse(long code) {
    this.code = code;
  }

  /** As {@code batch.Batch} has it. */
  public long code() {
    return code;
  }
}
