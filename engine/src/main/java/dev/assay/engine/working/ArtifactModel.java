package dev.assay.engine.working;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.DenseValues;
import dev.assay.engine.model.ModelModuleNames;
import dev.assay.engine.model.ModelTensors;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Writes a model that was worked on as a checkpoint, layer by layer. */
public final class ArtifactModel {
  private final TorchSession torch;
  private final WorkingModel model;
  private final WorkingWeights weights;
  private final CheckpointWriter writer;

  private ArtifactModel(TorchSession torch, WorkingModel model, CheckpointWriter writer) {
    this.torch = torch;
    this.model = model;
    this.weights = model.weights();
    this.writer = writer;
  }

  /**
   * Writes all tensors.
   *
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if a value is not finite, or
   *     too large for its type
   */
  public static void write(TorchSession torch, WorkingModel model, CheckpointWriter writer) {
    ArtifactModel artifact = new ArtifactModel(torch, model, writer);
    for (int i = 0; i < model.spec().stacks().size(); i++) {
      Stack stack = model.spec().stacks().get(i);
      for (int layer = 0; layer < stack.depth(); layer++) {
        new ArtifactLayer(torch, model, artifact.weights, writer, i, layer).write();
      }
    }
    artifact.beside();
  }

  /** What stands beside the layers; what belongs to nothing is left out. */
  private void beside() {
    Checkpoint source = model.checkpoint();
    ModelTensors tensors = new ModelTensors(source, weights.base().spec());
    String key = WorkingWeights.beside();
    String head = model.spec().names().head();
    Set<String> gone = new TreeSet<>(ModelModuleNames.of(weights.base().spec()));
    gone.removeAll(ModelModuleNames.of(model.spec()));
    for (String prefix : tensors.packedOutsideLayers()) {
      if (gone.contains(prefix + ".weight")) {
        continue;
      }
      DType type = model.type(source.valueType(prefix));
      // Of packed embeddings those that a stage made stay so, for Assay alone; others become dense.
      if (weights.hasChangedLinear(key, prefix)) {
        changedLinear(prefix, type);
      } else if (weights.hasChangedValue(key, prefix + ".weight")) {
        changedValue(prefix + ".weight", type, tensors);
      } else if (prefix.equals(head)) {
        writer.carry(source, prefix, prefix, type);
      } else {
        writer.unpack(source, prefix, type, tensors.linearOf(prefix + ".weight").isPresent());
      }
    }
    Set<String> written = new TreeSet<>(tensors.packedOutsideLayers());
    for (String name : tensors.plainOutsideLayers()) {
      written.add(name);
      if (gone.contains(name)) {
        continue;
      }
      Optional<String> linear = tensors.linearOf(name).or(() -> embedding(name));
      if (linear.isPresent() && weights.hasChangedLinear(key, linear.get())) {
        changedLinear(linear.get(), model.type(source.storedType(name)));
        continue;
      }
      if (weights.hasChangedValue(key, name)) {
        changedValue(name, model.type(source.storedType(name)), tensors);
        continue;
      }
      try (NDManager scope = torch.manager().newSubManager()) {
        NDArray tensor = source.tensor(torch, scope, name);
        put(scope, name, tensor, model.type(source.storedType(name)), tensors.linearOf(name));
      }
    }
    added(written, head);
  }

  /** What the checkpoint lacks and a stage has put: a head that was tied, a bias. */
  private void added(Set<String> written, String head) {
    String key = WorkingWeights.beside();
    Set<String> names = new TreeSet<>(ModelModuleNames.of(model.spec()));
    names.removeAll(written);
    for (String name : names) {
      if (name.equals(head + ".weight")) {
        if (weights.hasChangedLinear(key, head) && !written.contains(head)) {
          changedLinear(head, model.mainType());
        }
      } else if (weights.hasChangedValue(key, name)) {
        try (NDManager scope = torch.manager().newSubManager()) {
          NDArray values = weights.changedValue(scope, key, name).orElseThrow();
          put(scope, name, values, model.mainType(), Optional.empty());
        }
      }
    }
  }

  /** The embedding that a tensor is the table of. */
  private Optional<String> embedding(String name) {
    return model.spec().stacks().stream()
        .map(stack -> stack.names().embedding())
        .filter(prefix -> name.equals(prefix + ".weight"))
        .findFirst();
  }

  private void put(
      NDManager scope, String name, NDArray values, DType type, Optional<String> linear) {
    NDArray cast = DenseValues.in(type, torch, scope, values, model.checkpoint(), name);
    if (linear.isPresent()) {
      writer.putDense(linear.get(), cast);
    } else {
      writer.put(name, cast);
    }
  }

  private void changedValue(String name, DType type, ModelTensors tensors) {
    try (NDManager scope = torch.manager().newSubManager()) {
      NDArray values = weights.changedValue(scope, WorkingWeights.beside(), name).orElseThrow();
      put(scope, name, values, type, tensors.linearOf(name));
    }
  }

  private void changedLinear(String prefix, DType type) {
    try (NDManager scope = torch.manager().newSubManager()) {
      StoredWeight weight =
          weights.changedLinear(scope, WorkingWeights.beside(), prefix).orElseThrow();
      if (weight.isDense()) {
        NDArray values = weight.dense().orElseThrow().values();
        writer.putDense(
            prefix, DenseValues.in(type, torch, scope, values, model.checkpoint(), prefix));
      } else {
        writer.putLinear(prefix, weight);
      }
    }
  }
}
