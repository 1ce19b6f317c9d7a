package dev.assay.engine.qat;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.config.Require;
import dev.assay.engine.finetune.Precision;
import dev.assay.engine.finetune.Training;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.TrainedValue;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.working.WorkingModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A linear that is rounded.
 *
 * @param linear its name within the layer
 * @param half whether its scales are stored in float16, as beside weights of 16 bits
 */
record Rounded(int stack, int layer, String linear, boolean half) {
  /** Those that a stage selects, by the full names of their weights. */
  static Map<String, Rounded> of(WorkingModel model, Selection selection) {
    Map<String, Rounded> selected = new LinkedHashMap<>();
    for (int index = 0; index < model.spec().stacks().size(); index++) {
      Stack stack = model.stack(index);
      for (int layer = 0; layer < stack.depth(); layer++) {
        Map<String, DType> types = model.types(index, layer);
        for (String linear : selection.of(stack, layer)) {
          selected.put(
              stack.names().inLayer(layer, linear) + ".weight",
              new Rounded(index, layer, linear, types.get(linear) != DType.FLOAT32));
        }
      }
    }
    return selected;
  }

  /** Whether a value of the model is its weight. */
  boolean is(TrainedValue value) {
    return value.kind() == TrainedValue.Kind.LINEAR
        && value.stack() == stack
        && value.layer() == layer
        && value.name().equals(linear);
  }

  /** Makes sure that products are of float32: weights are rounded on the way to them. */
  static void requireFloat32(Training training) {
    Require.that(
        training.precision() == Precision.FLOAT32,
        "precision",
        training.precision(),
        "float32: what is rounded is multiplied as it is");
  }

  /** Makes sure that no tensors are named where none of the model's own are trained. */
  static void requireAll(Training training) {
    Require.that(
        training.only() == null,
        "only",
        String.valueOf(training.only()),
        "none: no tensor of the model itself is trained, targets select linears");
  }

  /** The weight as a model has it. */
  StoredWeight in(ModelWeights weights, NDManager owner) {
    Linear own = weights.stack(stack).layer(layer).layout().linear(linear);
    return Objects.requireNonNull(
        weights.layers(stack).linears(owner, layer, List.of(own)).get(linear), linear);
  }
}
