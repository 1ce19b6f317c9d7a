package dev.assay.engine.slice;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelModuleTensors;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StreamParts;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightRows;
import dev.assay.engine.working.LayerChanges;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Takes channels out of all that reads or writes a residual stream. */
final class StreamCut {
  private static final int MAIN = 0;

  private final TorchSession torch;
  private final ModelWeights before;
  private final Stack stack;
  private final StreamLook look;
  private final long[] kept;

  /**
   * @param before the model as it was
   * @param look at it
   * @param kept channels that stay, rising
   */
  StreamCut(TorchSession torch, ModelWeights before, StreamLook look, long[] kept) {
    this.torch = torch;
    this.before = before;
    this.stack = before.stack(MAIN);
    this.look = look;
    this.kept = kept.clone();
  }

  /** What is left of a weight that reads the stream. */
  @FunctionalInterface
  interface Reader {
    /**
     * @param group index of its group in the layer
     * @param weight float32 [out, hidden]
     * @return float32 [out, kept]
     */
    NDArray left(NDManager scope, int group, NDArray weight);
  }

  /** The columns of a weight that stay, as they are. */
  Reader asTheyAre() {
    return (scope, group, weight) -> columns(scope, weight);
  }

  /**
   * What is left of a layer.
   *
   * @param reader what is left of weights that read the stream
   */
  LayerChanges layer(NDManager scope, int index, Reader reader) {
    Map<String, NDArray> values = before.layers(MAIN).values(scope, index);
    LayerSpec spec = stack.layer(index);
    StreamParts parts = StreamParts.of(stack.spec().residual(), spec);
    Map<String, NDArray> changed = new HashMap<>();
    Map<String, StoredWeight> linears = new HashMap<>();
    parts
        .readers()
        .forEach(
            (norm, groups) -> {
              String name = Objects.requireNonNull(spec.layout().modules().get(norm));
              double factor = look.norm(index, norm).factor(kept);
              changed.put(name, scaled(scope, value(values, name), factor));
              spec.layout()
                  .bias(norm)
                  .ifPresent(bias -> changed.put(bias, some(scope, value(values, bias))));
              for (int group : groups) {
                for (Linear linear : linears(spec, List.of(group))) {
                  NDArray weight = reader.left(scope, group, value(values, linear.name()));
                  linears.put(linear.name(), new DenseWeight(weight, DType.FLOAT32));
                }
              }
            });
    String router = spec.layout().modules().get(LayerModule.ROUTER);
    if (router != null) {
      changed.put(router, columns(scope, value(values, router)));
    }
    for (Linear linear : linears(spec, parts.writers())) {
      NDArray weight = some(scope, value(values, linear.name()));
      linears.put(linear.name(), new DenseWeight(weight, DType.FLOAT32));
      if (linear.biased()) {
        changed.put(linear.biasName(), some(scope, value(values, linear.biasName())));
      }
    }
    return new LayerChanges(changed, linears);
  }

  /**
   * What is left of what stands beside the layers.
   *
   * @param reader what is left of a head of its own
   */
  LayerChanges beside(NDManager scope, Reader reader) {
    ModelModuleTensors tensors = before.module(MAIN);
    Map<String, NDArray> values = new HashMap<>();
    Map<String, StoredWeight> linears = new HashMap<>();
    values.put(stack.names().embedding() + ".weight", columns(scope, tensors.embedding(scope)));
    stack
        .names()
        .find(ModelModule.POSITIONS)
        .ifPresent(
            name ->
                values.put(
                    name + ".weight",
                    columns(scope, tensors.weight(scope, ModelModule.POSITIONS).orElseThrow())));
    for (ModelModule norm : List.of(ModelModule.EMBEDDING_NORM, ModelModule.FINAL_NORM)) {
      stack
          .names()
          .find(norm)
          .ifPresent(
              name -> {
                NDArray weight = wide(scope, tensors.weight(scope, norm).orElseThrow());
                values.put(name + ".weight", scaled(scope, weight, look.norm(norm).factor(kept)));
                tensors
                    .bias(scope, norm)
                    .ifPresent(bias -> values.put(name + ".bias", some(scope, bias)));
              });
    }
    if (!stack.spec().tiedHead()) {
      String head = stack.names().head();
      NDArray weight = before.linear(scope, head).dequantize(torch, scope);
      linears.put(head, new DenseWeight(reader.left(scope, 0, weight), DType.FLOAT32));
    }
    return new LayerChanges(values, linears);
  }

  private static List<Linear> linears(LayerSpec spec, List<Integer> groups) {
    return groups.stream()
        .flatMap(group -> spec.layout().groups().get(group).parts().stream())
        .toList();
  }

  private static NDArray value(Map<String, NDArray> values, String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  private NDArray wide(NDManager scope, NDArray tensor) {
    return torch.tensors().cast(scope, tensor, DType.FLOAT32);
  }

  private NDArray columns(NDManager scope, NDArray matrix) {
    return WeightRows.columns(torch, scope, matrix, kept);
  }

  private NDArray some(NDManager scope, NDArray tensor) {
    return WeightRows.select(torch, scope, tensor, kept);
  }

  private NDArray scaled(NDManager scope, NDArray weight, double factor) {
    NDArray scaled = some(scope, weight).mul(factor);
    scaled.attach(scope);
    return scaled;
  }
}
