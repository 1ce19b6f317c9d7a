package dev.assay.engine.slice;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StreamParts;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * A model like another whose residual stream lies in few directions, as all that adds to it does.
 *
 * @param source in float32, with a head of its own or one that reads the same directions
 */
record NarrowStream(TorchSession torch, NDManager scope, Checkpoint source) {
  /**
   * Writes it.
   *
   * @param directions how many
   */
  Checkpoint in(Path target, int directions) {
    ModelSpec spec = new Families().architecture(source);
    return projected(target, spec, projector(spec.spec().hiddenSize(), directions));
  }

  /**
   * Writes one to some of whose channels nothing is added.
   *
   * @param silent those channels
   */
  Checkpoint without(Path target, Set<Integer> silent) {
    ModelSpec spec = new Families().architecture(source);
    int hidden = spec.spec().hiddenSize();
    float[] values = new float[hidden * hidden];
    for (int i = 0; i < hidden; i++) {
      values[i * hidden + i] = silent.contains(i) ? 0 : 1;
    }
    return projected(target, spec, scope.create(values, new Shape(hidden, hidden)));
  }

  private Checkpoint projected(Path target, ModelSpec spec, NDArray projector) {
    Set<String> rows = new HashSet<>();
    Set<String> columns = new HashSet<>();
    for (ModelModule which : Set.of(ModelModule.EMBEDDING, ModelModule.POSITIONS)) {
      spec.names().find(which).ifPresent(name -> rows.add(name + ".weight"));
    }
    Stack stack = spec.main();
    for (int layer = 0; layer < stack.depth(); layer++) {
      LayerSpec each = stack.layer(layer);
      for (int group : StreamParts.of(stack.spec().residual(), each).writers()) {
        for (Linear linear : each.layout().groups().get(group).parts()) {
          String name = stack.names().inLayer(layer, linear.tensor());
          (linear.transposed() ? rows : columns).add(name + ".weight");
          rows.add(name + ".bias");
        }
      }
    }
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      for (String name : source.names()) {
        NDArray value = source.tensor(torch, scope, name);
        NDArray narrow = rows.contains(name) ? value.matMul(projector) : value;
        writer.put(name, columns.contains(name) ? projector.matMul(value) : narrow);
      }
      writer.finish(source, DType.FLOAT32.label());
    }
    return Checkpoint.open(target);
  }

  private NDArray projector(int hidden, int directions) {
    Random random = new Random(11);
    double[] values = new double[hidden * directions];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    NDArray some = scope.create(values, new Shape(hidden, directions));
    NDArray gram = some.transpose().matMul(some);
    return some.matMul(gram.inverse()).matMul(some.transpose()).toType(DataType.FLOAT32, true);
  }
}
