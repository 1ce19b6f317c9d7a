package dev.assay.harness.measure.flops;

import dev.assay.engine.model.EarlyExits;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.Stack;
import dev.assay.harness.measure.weights.LinearWeight;
import dev.assay.harness.measure.weights.LinearWeights;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What leaving before the last layer changes of a decoded token's FLOPs, by the shares of tokens
 * that left at each exit on calibration text.
 *
 * @param linears FLOPs of linears that a token does without on average
 * @param heads how many times the head runs for it on average
 * @param attention FLOPs of scores and values that it does without, for a position attended to
 */
public record ExitFlops(double linears, double heads, double attention) {
  /**
   * Counts.
   *
   * @param counted weights of a linear that count
   * @return null where no token leaves
   */
  static @Nullable ExitFlops of(
      Stack stack, LinearWeights weights, ToLongFunction<LinearWeight> counted) {
    EarlyExits exits = stack.exits();
    if (exits == null) {
      return null;
    }
    Map<String, LinearWeight> named = new HashMap<>();
    weights.layers().forEach(weight -> named.put(weight.name(), weight));
    double linears = 0;
    double attention = 0;
    for (int index = 0; index < stack.depth(); index++) {
      LayerSpec layer = stack.layer(index);
      double skipped = 1 - exits.reach(index);
      attention += skipped * 4 * layer.attention().queryWidth();
      for (String tensor : layer.layout().stored().keySet()) {
        if (layer.layout().groups().get(0).parts().stream()
            .map(Linear::tensor)
            .noneMatch(tensor::equals)) {
          linears +=
              Optional.ofNullable(named.get(stack.names().inLayer(index, tensor)))
                  .map(weight -> skipped * 2 * weight.share() * counted.applyAsLong(weight))
                  .orElseThrow();
        }
      }
    }
    return new ExitFlops(linears, exits.meanHeads(stack.depth()), attention);
  }
}
