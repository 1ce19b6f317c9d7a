package dev.assay.harness.run.need;

/** What a cell needs, or why that cannot be told. */
public sealed interface CellNeed {
  /** A forecast, right to a factor of two or so. */
  record Known(MemoryNeed memory, DiskNeed disk) implements CellNeed {}

  /**
   * No forecast.
   *
   * @param reason why not
   */
  record Unknown(String reason) implements CellNeed {}
}
