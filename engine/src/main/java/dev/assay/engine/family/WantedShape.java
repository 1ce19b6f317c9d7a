package dev.assay.engine.family;

import dev.assay.engine.config.Require;
import org.jspecify.annotations.Nullable;

/**
 * What is to be of another size in a model of the same family; null for what follows from the
 * model.
 *
 * @param hidden width of the stream
 * @param layers how many
 * @param heads of queries
 * @param keyValueHeads that they share; as many queries to each as the model has if null
 * @param headWidth of a head; if null the stream's share of it where that is the model's, else as
 *     the model has it
 * @param feedForward width of the feed-forward; in proportion to the stream's if null
 */
public record WantedShape(
    @Nullable Integer hidden,
    @Nullable Integer layers,
    @Nullable Integer heads,
    @Nullable Integer keyValueHeads,
    @Nullable Integer headWidth,
    @Nullable Integer feedForward) {
  public WantedShape {
    atLeastOne("hidden", hidden);
    atLeastOne("layers", layers);
    atLeastOne("heads", heads);
    atLeastOne("keyValueHeads", keyValueHeads);
    atLeastOne("headWidth", headWidth);
    atLeastOne("feedForward", feedForward);
  }

  private static void atLeastOne(String key, @Nullable Integer value) {
    if (value != null) {
      Require.atLeast(key, value, 1);
    }
  }
}
