package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.Weights;
import dev.assay.engine.family.Families;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint some of whose linears are random codes on grids, under scales that GGUF's blocks
 * have.
 *
 * @param weights those linears, by prefix
 */
record RandomlyPacked(Checkpoint checkpoint, Map<String, QuantizedWeight> weights) {
  /**
   * Writes one.
   *
   * @param target a directory that does not exist
   * @param grids the grid of a linear, by its prefix; null where it stays as it is
   */
  static RandomlyPacked of(
      TorchSession torch,
      NDManager scope,
      Checkpoint dense,
      Path target,
      Function<String, @Nullable GridForm> grids) {
    Set<String> transposed = new Families().transposed(dense);
    Map<String, QuantizedWeight> packed = new TreeMap<>();
    try (CheckpointWriter writer = CheckpointWriter.create(torch, target)) {
      for (String name : dense.names()) {
        NDArray values = dense.tensor(torch, scope, name);
        String prefix = name.substring(0, name.lastIndexOf('.'));
        boolean matrix = name.endsWith(".weight") && values.getShape().dimension() == 2;
        GridForm grid = matrix ? grids.apply(prefix) : null;
        if (grid == null) {
          writer.put(name, values);
          continue;
        }
        boolean turned = transposed.contains(prefix);
        int out = (int) values.getShape().get(turned ? 1 : 0);
        int in = (int) values.getShape().get(turned ? 0 : 1);
        QuantizedWeight drawn =
            Weights.random(scope, name.hashCode(), out, in, grid, DataType.FLOAT16);
        QuantizedWeight weight =
            new QuantizedWeight(
                drawn.codes(),
                drawn.scales().mul(1 / 64f),
                drawn.zeros(),
                drawn.groupIndex(),
                grid);
        packed.put(prefix, weight);
        writer.putLinear(prefix, weight);
      }
      writer.finish(dense, "float32");
    }
    return new RandomlyPacked(Checkpoint.open(target), packed);
  }
}
