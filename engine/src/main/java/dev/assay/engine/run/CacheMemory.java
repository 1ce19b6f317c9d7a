package dev.assay.engine.run;

/**
 * Memory of a cache as its tensors have it.
 *
 * @param held bytes that it holds, of all layers, as many tokens as it was made for
 * @param read bytes that the tokens of the last step read of one layer beside those: keys and
 *     values that were widened; the most of any layer
 */
public record CacheMemory(long held, long read) {
  /** The most bytes that there are at once while a step goes from layer to layer. */
  public long peak() {
    return held + read;
  }
}
