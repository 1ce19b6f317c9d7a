package dev.assay.harness.measure.flops;

import dev.assay.engine.model.Stack;
import dev.assay.harness.measure.weights.LinearWeight;
import dev.assay.harness.measure.weights.LinearWeights;
import org.jspecify.annotations.Nullable;

/**
 * FLOPs of a decoder-only transformer; a multiply-add counts as two (Chowdhery et al. 2022, PaLM,
 * appendix B). Counted are the linears, the head and both products of attention, with the query
 * heads, as grouped keys and values save bytes but no products. Norms, activations, softmax and
 * rotary positions are not. Of experts those that a token goes through are counted. Where tokens
 * leave before the last layer a decoded one counts the layers that it goes through on average, what
 * makes keys and values in the others, and the head as often as it runs.
 *
 * @param linears FLOPs of the decoder layers' linears for a token
 * @param head FLOPs of the head for a token
 * @param attention FLOPs of scores and values of all layers for a token and position attended to
 * @param exits what leaving early changes of a decoded token; null where none does
 */
public record DecoderFlops(
    double linears, double head, double attention, @Nullable ExitFlops exits) {
  /** Of nothing. */
  public static final DecoderFlops NONE = new DecoderFlops(0, 0, 0);

  /** Of tokens that go through all layers. */
  public DecoderFlops(double linears, double head, double attention) {
    this(linears, head, attention, null);
  }

  /** Counts from the weights that are there. */
  public static DecoderFlops of(Stack stack, LinearWeights weights, FlopCount count) {
    LinearWeight head = weights.head();
    return switch (count) {
      case DENSE_EQUIVALENT ->
          of(stack, weights.usedProducts(), head.products())
              .with(ExitFlops.of(stack, weights, LinearWeight::products));
      case EFFECTIVE ->
          of(stack, weights.usedNonZeros(), head.nonZeros())
              .with(ExitFlops.of(stack, weights, LinearWeight::nonZeros));
    };
  }

  private DecoderFlops with(@Nullable ExitFlops other) {
    return new DecoderFlops(linears, head, attention, other);
  }

  private static DecoderFlops of(Stack stack, double layerWeights, long headWeights) {
    long queries = stack.layers().stream().mapToLong(layer -> layer.attention().queryWidth()).sum();
    return new DecoderFlops(2.0 * layerWeights, 2.0 * headWeights, 4.0 * queries);
  }

  /**
   * FLOPs of reading a prompt: token i attends to i + 1 positions, and the head runs on the last
   * token alone, as generation needs no other logits.
   */
  public double prefill(long tokens) {
    return tokens * linears + head + attention * tokens * (tokens + 1) / 2;
  }

  /**
   * FLOPs of one token that attends to {@code context} positions, its own included; linear in the
   * context, so a mean context gives the mean.
   */
  public double decode(double context) {
    double whole = linears + head + attention * context;
    return exits == null
        ? whole
        : whole - exits.linears() + (exits.heads() - 1) * head - exits.attention() * context;
  }
}
