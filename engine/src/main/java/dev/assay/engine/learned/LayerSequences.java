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

/**
 * The calibration sequences of a layer, with the outputs that it is to have. Holds native memory
 * until it is closed.
 */
final class LayerSequences implements AutoCloseable {
  private final NDManager manager;
  private final ScriptModule script;
  private final List<LayerBatch> inputs;
  private final List<NDArray> outputs;
  private final long perBatch;
  private final int count;

  /** The layer whose outputs are wanted. */
  enum Wanted {
    /** The one with the weights as they are, on the same inputs. */
    OF_THESE_INPUTS,
    /** The same on the inputs that it would have without the stage. */
    WITHOUT_STAGE
  }

  private LayerSequences(
      NDManager manager, ScriptModule script, List<LayerBatch> inputs, List<NDArray> outputs) {
    this.manager = manager;
    this.script = script;
    this.inputs = inputs;
    this.outputs = outputs;
    this.perBatch = inputs.get(0).activations().getShape().get(0);
    this.count = count(inputs);
  }

  private static int count(List<LayerBatch> batches) {
    return batches.stream().mapToInt(each -> (int) each.activations().getShape().get(0)).sum();
  }

  /** Those of a layer. */
  static LayerSequences of(LayerContext layer, Wanted wanted) {
    NDManager manager = layer.scope().newSubManager();
    List<NDArray> outputs = new ArrayList<>();
    List<LayerBatch> shown = wanted == Wanted.WITHOUT_STAGE ? layer.inputsBefore() : layer.inputs();
    try (BoundLayer bound = layer.bind()) {
      for (LayerBatch batch : shown) {
        outputs.add(bound.output(manager, batch.activations(), batch.memory()));
      }
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
    return new LayerSequences(manager, Groups.script(layer.torch()), layer.inputs(), outputs);
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

  @Override
  public void close() {
    manager.close();
  }
}
