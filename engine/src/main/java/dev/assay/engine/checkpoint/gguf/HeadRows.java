package dev.assay.engine.checkpoint.gguf;

/** How many rows a tensor has to have so that an adjustment can move them. */
public final class HeadRows {
  private HeadRows() {}

  /** What their number has to be a multiple of; 1 for any. */
  public static long multiple(Adjustment adjustment) {
    if (adjustment instanceof Adjustment.InterleavedHeads heads) {
      return 2L * heads.heads();
    }
    return adjustment instanceof Adjustment.GroupedHeads grouped
        ? grouped.groups() * (grouped.served() + 2L)
        : 1;
  }

  /** The same in words, for messages. */
  public static String expected(Adjustment adjustment) {
    return adjustment instanceof Adjustment.InterleavedHeads heads
        ? "an even number for each of " + heads.heads() + " heads"
        : "a multiple of " + multiple(adjustment);
  }
}
