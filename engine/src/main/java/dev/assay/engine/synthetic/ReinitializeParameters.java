package dev.assay.engine.synthetic;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.family.WantedShape;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * A model of the same family and tokens takes the model's place, of another shape if wanted, with
 * weights that are drawn.
 *
 * @param hidden width of the stream; null for the model's
 * @param layers how many; null for as many as the model has
 * @param heads of queries; null for as many as the model has
 * @param keyValueHeads that queries share; null for as many queries to each as in the model
 * @param headWidth width of a head; null for the stream's share where that is the model's, else for
 *     the model's
 * @param feedForward width of the feed-forward; null for the model's in proportion to the stream
 * @param seed of the weights
 */
public record ReinitializeParameters(
    @Describe("width of the stream; the model's if left out") @Nullable Integer hidden,
    @Describe("how many layers; as many as the model has if left out") @Nullable Integer layers,
    @Describe("heads of queries; as many as the model has if left out") @Nullable Integer heads,
    @Describe("heads of keys and values; if left out as many queries to each as in the model")
        @Nullable Integer keyValueHeads,
    @Describe("width of a head; if left out the stream's share of it where that is the model's")
        @Nullable Integer headWidth,
    @Describe("width of the feed-forward; if left out the model's in proportion to the stream")
        @Nullable Integer feedForward,
    @Default("0") @Describe("seed of the weights") long seed)
    implements Stage {
  public ReinitializeParameters {
    WantedShape unused =
        new WantedShape(hidden, layers, heads, keyValueHeads, headWidth, feedForward);
  }

  /** The shape. */
  WantedShape shape() {
    return new WantedShape(hidden, layers, heads, keyValueHeads, headWidth, feedForward);
  }
}
