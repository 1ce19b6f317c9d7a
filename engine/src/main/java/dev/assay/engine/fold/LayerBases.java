package dev.assay.engine.fold;

/**
 * The bases of the residual stream in which the parts of a layer read and write.
 *
 * @param attentionReads what attention reads in; cross-attention too
 * @param attentionWrites what it adds to
 * @param feedForwardReads what the feed-forward reads in
 * @param feedForwardWrites what it adds to
 * @param gain what linears that read are multiplied by besides
 */
public record LayerBases(
    StreamRotation attentionReads,
    StreamRotation attentionWrites,
    StreamRotation feedForwardReads,
    StreamRotation feedForwardWrites,
    double gain) {
  /** One basis for all. */
  public static LayerBases same(StreamRotation stream) {
    return new LayerBases(stream, stream, stream, stream, 1);
  }
}
