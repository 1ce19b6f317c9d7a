package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.StackTraversal.Part;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.BoundLayer;
import dev.assay.engine.run.LayerRunner;
import dev.assay.engine.run.TokenLoss;
import java.util.List;
import java.util.Map;

/**
 * The loss of a model that continues text with other values in one of its layers: what flows into
 * that layer goes on through the layers behind, each read once.
 *
 * @param samples those that flow
 */
record LossBehind(ModelWeights model, List<long[]> samples) {
  private static final int MAIN = 0;

  /**
   * The loss, the mean over samples of the mean over their tokens from the second on.
   *
   * @param owner of what flows meanwhile
   * @param part with what flows into the layer
   * @param spec what the layer is
   * @param values all of its values, float32 by name
   */
  double of(
      NDManager owner,
      Part part,
      int layer,
      LayerSpec spec,
      Map<String, NDArray> values,
      TokenLoss top) {
    Stack stack = model.stack(MAIN);
    LayerRunner runner = part.runner();
    List<NDArray> inputs = part.batches().stream().map(LayerBatch::activations).toList();
    List<NDArray> now = advanced(owner, runner, spec, values, inputs);
    for (int next = layer + 1; next < stack.depth(); next++) {
      try (NDManager scope = owner.newSubManager()) {
        List<NDArray> before = now;
        now =
            advanced(
                owner, runner, stack.layer(next), model.layers(MAIN).values(scope, next), before);
        before.forEach(NDArray::close);
      }
    }
    double mean = mean(top, now);
    now.forEach(NDArray::close);
    return mean;
  }

  private static List<NDArray> advanced(
      NDManager owner,
      LayerRunner runner,
      LayerSpec spec,
      Map<String, NDArray> values,
      List<NDArray> inputs) {
    try (BoundLayer bound = runner.bind(spec, values)) {
      return inputs.stream().map(input -> bound.output(owner, input, null)).toList();
    }
  }

  /**
   * The same of what the last layer makes.
   *
   * @param outputs one for each sample
   */
  double mean(TokenLoss top, List<NDArray> outputs) {
    double sum = 0;
    for (int sample = 0; sample < outputs.size(); sample++) {
      sum += top.mean(outputs.get(sample), samples.get(sample));
    }
    return sum / outputs.size();
  }
}
