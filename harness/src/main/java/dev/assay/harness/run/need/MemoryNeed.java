package dev.assay.harness.run.need;

/**
 * The most memory that each part of a cell's work takes at once, in bytes, page cache aside. The
 * parts follow each other.
 *
 * @param compression making the artifact; 0 if none is made
 * @param quality perplexity in float32; 0 if none is taken
 * @param execution the artifact in the form that runs
 */
public record MemoryNeed(long compression, long quality, long execution) {
  /** The most of all. */
  public long peak() {
    return Math.max(compression, Math.max(quality, execution));
  }

  /** The part that takes the most. */
  public String phase() {
    if (peak() == compression) {
      return "compression";
    }
    return peak() == quality ? "quality in float32" : "execution";
  }
}
