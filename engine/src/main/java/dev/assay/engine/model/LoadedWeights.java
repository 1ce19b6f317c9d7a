package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
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

/**
 * A model's weights in the form in which they run, handed over to libtorch once.
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
      Architecture architecture,
      Execution execution) {
    DecoderSpec spec = architecture.spec();
    TensorNames names = architecture.names();
    WeightPreparer preparer = new WeightPreparer(torch, execution);
    WeightTable table = new WeightTable(owner);
    DType dtype = execution.dtype();
    String embeddingName = names.embedding() + ".weight";
    NDArray embedding =
        tensor(
            torch,
            owner,
            checkpoint,
            embeddingName,
            dtype,
            new Shape(spec.vocabularySize(), spec.hiddenSize()));
    Shape normShape = new Shape(spec.hiddenSize());
    table.tensor(embedding);
    table.tensor(tensor(torch, owner, checkpoint, names.finalNorm() + ".weight", dtype, normShape));
    long bytes = (embedding.getShape().size() + spec.hiddenSize()) * dtype.bytes();
    try (NDManager scope = owner.newSubManager()) {
      StoredWeight head =
          spec.tiedHead()
              ? new DenseWeight(embedding, dtype)
              : linear(torch, scope, checkpoint, names.head());
      table.single(preparer.prepare(owner, List.of(head)).get(0));
    }
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (String norm : architecture.layout().norms()) {
        String name = names.inLayer(layer, norm) + ".weight";
        table.tensor(tensor(torch, owner, checkpoint, name, dtype, normShape));
        bytes += (long) spec.hiddenSize() * dtype.bytes();
      }
      for (LinearGroup group : architecture.layout().groups()) {
        try (NDManager scope = owner.newSubManager()) {
          List<StoredWeight> parts = new ArrayList<>();
          for (String part : group.linears()) {
            String name = names.inLayer(layer, part);
            StoredWeight weight = linear(torch, scope, checkpoint, name);
            requireShape(checkpoint, name, weight, architecture, part);
            parts.add(weight);
          }
          table.group(preparer.prepare(owner, parts));
        }
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

  private static StoredWeight linear(
      TorchSession torch, NDManager owner, Checkpoint checkpoint, String name) {
    if (checkpoint.has(name + ".bias")) {
      throw new BadInputException(
          checkpoint.directory()
              + ": "
              + name
              + ".bias: found a bias, expected none in this architecture");
    }
    return checkpoint.linear(torch, owner, name);
  }

  private static void requireShape(
      Checkpoint checkpoint,
      String name,
      StoredWeight weight,
      Architecture architecture,
      String part) {
    long out = architecture.outFeatures(part);
    long in = architecture.inFeatures(part);
    if (weight.outFeatures() != out || weight.inFeatures() != in) {
      throw new BadInputException(
          String.format(
              "%s: %s: found a weight of [%d, %d], expected [%d, %d] by config.json",
              checkpoint.directory(), name, weight.outFeatures(), weight.inFeatures(), out, in));
    }
  }

  private static NDArray tensor(
      TorchSession torch,
      NDManager owner,
      Checkpoint checkpoint,
      String name,
      DType dtype,
      Shape expected) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray stored = checkpoint.tensor(torch, scope, name);
      if (!stored.getShape().equals(expected)) {
        throw new BadInputException(
            checkpoint.directory()
                + ": "
                + name
                + ": found shape "
                + stored.getShape()
                + ", expected "
                + expected
                + " by config.json");
      }
      return torch.tensors().copy(owner, torch.tensors().cast(scope, stored, dtype));
    }
  }

  @Override
  public void close() {
    tensors.close();
    forms.close();
    limits.close();
  }
}
