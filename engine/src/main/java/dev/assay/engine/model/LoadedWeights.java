package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.BadCheckpointException;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.linear.DenseWeight;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.linear.RunnableWeight;
import dev.assay.engine.linear.StoredWeight;
import dev.assay.engine.linear.WeightPreparer;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptArguments;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stack's weights in the form in which they run, handed over to libtorch once.
 *
 * @param tensors all tensors in the scripts' order
 * @param forms kernel and group of every linear
 * @param limits constants of the kernels
 * @param linears every linear, the head first
 * @param productType type in which products of many rows are computed
 * @param bytes native memory of all weights
 */
record LoadedWeights(
    ScriptArguments tensors,
    ScriptArguments forms,
    ScriptArguments limits,
    List<RunnableWeight> linears,
    DType productType,
    long bytes)
    implements AutoCloseable {

  static LoadedWeights load(
      TorchSession torch,
      NDManager owner,
      Checkpoint checkpoint,
      Stack stack,
      Execution execution) {
    return new Loading(torch, owner, checkpoint, stack, execution).load();
  }

  /** What is at hand while weights are loaded. */
  private static final class Loading {
    private final TorchSession torch;
    private final NDManager owner;
    private final Checkpoint checkpoint;
    private final Stack stack;
    private final DType dtype;
    private final WeightPreparer preparer;
    private final WeightTable table;
    private final LayerTensors layers;
    private final OuterTensors outer;
    private long bytes;

    Loading(
        TorchSession torch,
        NDManager owner,
        Checkpoint checkpoint,
        Stack stack,
        Execution execution) {
      this.torch = torch;
      this.owner = owner;
      this.checkpoint = checkpoint;
      this.stack = stack;
      this.dtype = execution.dtype();
      this.preparer = new WeightPreparer(torch, execution);
      this.table = new WeightTable(owner);
      this.layers = new LayerTensors(torch, checkpoint, stack);
      this.outer = new OuterTensors(torch, checkpoint, stack);
    }

    LoadedWeights load() {
      try (NDManager scope = owner.newSubManager()) {
        NDArray embedding = add(outer.embedding(scope));
        outer.finalNorm(scope).forEach(this::addIfThere);
        head(scope, embedding);
        outer.around(scope).forEach(this::addIfThere);
      }
      for (int layer = 0; layer < stack.spec().layers(); layer++) {
        try (NDManager scope = owner.newSubManager()) {
          layer(scope, layer);
        }
      }
      bytes += table.weights().stream().mapToLong(RunnableWeight::bytes).sum();
      return new LoadedWeights(
          ScriptArguments.tensors(table.tensors()),
          ScriptArguments.integers(table.forms()),
          ScriptArguments.integers(preparer.limits()),
          table.weights(),
          preparer.productType(),
          bytes);
    }

    private void head(NDManager scope, NDArray embedding) {
      if (!stack.spec().tiedHead() && stack.names().find(Outer.HEAD).isEmpty()) {
        table.none();
        return;
      }
      String name = stack.names().head();
      StoredWeight weight =
          stack.spec().tiedHead() ? new DenseWeight(embedding, dtype) : stored(scope, name);
      boolean biased = stack.spec().head().biased();
      if (!biased && !stack.spec().tiedHead() && checkpoint.has(name + ".bias")) {
        throw new BadCheckpointException(
            checkpoint.fileOf(name)
                + ": "
                + name
                + ".bias: found a bias, expected none in this architecture");
      }
      NDArray bias = biased ? checkpoint.tensor(torch, scope, name + ".bias") : null;
      List<@Nullable NDArray> biases = new ArrayList<>();
      biases.add(bias);
      table.single(preparer.prepare(owner, List.of(weight), biases).get(0));
    }

    private StoredWeight stored(NDManager scope, String name) {
      StoredWeight weight = checkpoint.linear(torch, scope, name);
      long out = stack.spec().vocabularySize();
      long in = stack.spec().embedding().width();
      if (weight.outFeatures() != out || weight.inFeatures() != in) {
        throw new BadCheckpointException(
            "%s: %s: found a weight of [%d, %d], expected [%d, %d] by %s"
                .formatted(
                    checkpoint.fileOf(name),
                    name,
                    weight.outFeatures(),
                    weight.inFeatures(),
                    out,
                    in,
                    checkpoint.configuration().getFileName()));
      }
      return weight;
    }

    private void layer(NDManager scope, int layer) {
      for (Side which : Side.values()) {
        addIfThere(layers.side(scope, layer, which));
        addIfThere(layers.sideBias(scope, layer, which));
      }
      for (LinearGroup group : stack.layout().groups()) {
        try (NDManager forGroup = scope.newSubManager()) {
          Map<String, StoredWeight> weights = layers.linears(forGroup, layer, group.parts());
          List<@Nullable NDArray> biases = new ArrayList<>();
          for (Linear linear : group.parts()) {
            biases.add(layers.bias(forGroup, layer, linear).orElse(null));
          }
          table.group(preparer.prepare(owner, List.copyOf(weights.values()), biases));
        }
      }
    }

    private void addIfThere(@Nullable NDArray stored) {
      if (stored == null) {
        table.tensor(null);
      } else {
        add(stored);
      }
    }

    private NDArray add(NDArray stored) {
      try (NDManager scope = owner.newSubManager()) {
        NDArray tensor = torch.tensors().copy(owner, torch.tensors().cast(scope, stored, dtype));
        table.tensor(tensor);
        bytes += tensor.getShape().size() * dtype.bytes();
        return tensor;
      }
    }
  }

  @Override
  public void close() {
    tensors.close();
    forms.close();
    limits.close();
  }
}
