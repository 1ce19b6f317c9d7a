package dev.assay.engine.learned;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerBatch;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.run.BoundLayer;
import dev.assay.engine.torch.ScriptModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The calibration sequences of a layer, with the outputs that it is to have. */
final class LayerSequences {
  private final ScriptModule script;
  private final List<LayerBatch> inputs;
  private final List<NDArray> outputs;
  private final long perBatch;
  private final int count;

  private LayerSequences(ScriptModule script, List<LayerBatch> inputs, List<NDArray> outputs) {
    this.script = script;
    this.inputs = inputs;
    this.outputs = outputs;
    this.perBatch = inputs.get(0).activations().getShape().get(0);
    this.count = inputs.stream().mapToInt(each -> (int) each.activations().getShape().get(0)).sum();
  }

  /**
   * Those of a layer, the outputs with the weights as they are.
   *
   * @param owner of the outputs
   */
  static LayerSequences of(LayerContext layer, NDManager owner) {
    List<NDArray> outputs = new ArrayList<>();
    try (BoundLayer bound = layer.bind()) {
      for (LayerBatch batch : layer.inputs()) {
        outputs.add(bound.output(owner, batch.activations(), batch.memory()));
      }
    }
    return new LayerSequences(Groups.script(layer.torch()), layer.inputs(), outputs);
  }

  /** How many there are. */
  int count() {
    return count;
  }

  /** Some of them: input, wanted output, and what an encoder made of them where it is read. */
  List<NDArray> batch(NDManager owner, int[] which) {
    List<NDArray> batch = new ArrayList<>();
    batch.add(pick(owner, inputs.stream().map(LayerBatch::activations).toList(), which));
    batch.add(pick(owner, outputs, which));
    if (inputs.get(0).memory() != null) {
      batch.add(
          pick(
              owner,
              inputs.stream().map(each -> Objects.requireNonNull(each.memory())).toList(),
              which));
    }
    return batch;
  }

  private NDArray pick(NDManager owner, List<NDArray> batches, int[] which) {
    long[] batch = new long[which.length];
    long[] row = new long[which.length];
    for (int i = 0; i < which.length; i++) {
      batch[i] = which[i] / perBatch;
      row[i] = which[i] % perBatch;
    }
    return script.call(owner, "sequences", batches, batch, row);
  }
}
