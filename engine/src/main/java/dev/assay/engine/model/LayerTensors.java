package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightRows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The layers of a stack as a checkpoint stores them: fused weights are split into their linears.
 */
public final class LayerTensors implements LayerWeights {
  private final TorchSession torch;
  private final Checkpoint checkpoint;
  private final Stack stack;

  public LayerTensors(TorchSession torch, Checkpoint checkpoint, Stack stack) {
    this.torch = torch;
    this.checkpoint = checkpoint;
    this.stack = stack;
  }

  @Override
  public Map<String, StoredWeight> linears(NDManager owner, int layer, List<Linear> wanted) {
    Map<String, StoredWeight> whole = new LinkedHashMap<>();
    Map<String, StoredWeight> linears = new LinkedHashMap<>();
    for (Linear linear : wanted) {
      StoredWeight stored = whole.get(linear.tensor());
      if (stored == null) {
        stored = stored(owner, layer, linear);
        whole.put(linear.tensor(), stored);
      }
      linears.put(
          linear.name(),
          linear.rows() == null ? stored : stored.rows(torch, owner, linear.rows().indices()));
    }
    return linears;
  }

  private StoredWeight stored(NDManager owner, int layer, Linear linear) {
    String name = stack.names().inLayer(layer, linear.tensor());
    StoredWeight stored = checkpoint.linear(torch, owner, name);
    if (linear.transposed() && stored.isDense()) {
      stored = stored.dense().orElseThrow().transposed(torch, owner);
    }
    long out = layout(layer).storedRows(linear);
    if (stored.outFeatures() != out || stored.inFeatures() != linear.inFeatures()) {
      throw new BadCheckpointException(
          String.format(
              "%s: %s: found a weight of [%d, %d], expected [%d, %d] by %s",
              checkpoint.fileOf(name),
              name,
              stored.outFeatures(),
              stored.inFeatures(),
              out,
              linear.inFeatures(),
              checkpoint.configuration().getFileName()));
    }
    return stored;
  }

  @Override
  public Optional<NDArray> bias(NDManager owner, int layer, Linear linear) {
    String name = stack.names().inLayer(layer, linear.tensor()) + ".bias";
    if (!linear.biased()) {
      requireNoBias(owner, name);
      return Optional.empty();
    }
    long out = layout(layer).storedRows(linear);
    NDArray bias = tensor(owner, name, new Shape(out));
    return Optional.of(
        linear.rows() == null
            ? bias
            : WeightRows.select(torch, owner, bias, linear.rows().indices()));
  }

  /** Some quantizers save a bias of zeros with every linear. */
  private void requireNoBias(NDManager owner, String name) {
    if (checkpoint.has(name)) {
      try (NDManager scope = owner.newSubManager()) {
        NDArray bias = checkpoint.tensor(torch, scope, name);
        if (WeightRows.anyOtherThanZero(torch, bias)) {
          throw new BadCheckpointException(
              checkpoint.fileOf(name)
                  + ": "
                  + name
                  + ": found a bias, expected none in this architecture");
        }
      }
    }
  }

  @Override
  public @Nullable NDArray module(NDManager owner, int layer, LayerModule which) {
    String name = layout(layer).modules().get(which);
    if (name == null) {
      return null;
    }
    String tensor = stack.names().inLayer(layer, name) + which.suffix();
    return which.optional() && !checkpoint.has(tensor)
        ? null
        : tensor(owner, tensor, ModelShapes.shape(stack, layer, which));
  }

  @Override
  public @Nullable NDArray moduleBias(NDManager owner, int layer, LayerModule which) {
    Optional<String> name = layout(layer).bias(which);
    return name.isEmpty()
        ? null
        : tensor(
            owner,
            stack.names().inLayer(layer, name.get()),
            ModelShapes.shape(stack, layer, which));
  }

  private NDArray tensor(NDManager owner, String name, Shape expected) {
    return CheckpointWeights.tensor(torch, owner, checkpoint, name, expected);
  }

  @Override
  public Map<String, NDArray> values(NDManager owner, int layer) {
    Map<String, NDArray> values = LayerValues.of(torch, owner, this, layer, layout(layer));
    values.forEach((name, value) -> requireFinite(layer, name, value));
    return values;
  }

  private LayerLayout layout(int layer) {
    return stack.layer(layer).layout();
  }

  /** The types in which a layer's values are stored, or were before they were packed. */
  public Map<String, DType> types(int layer) {
    Map<String, DType> types = new LinkedHashMap<>();
    String first = layout(layer).stored().keySet().iterator().next();
    DType main = checkpoint.valueType(stack.names().inLayer(layer, first));
    moduleNames(layer)
        .forEach(
            (key, name) -> {
              String tensor = stack.names().inLayer(layer, name);
              types.put(
                  key, optional(layer, key) && !checkpoint.has(tensor) ? main : storedType(tensor));
            });
    layout(layer)
        .parts()
        .forEach(
            linear -> {
              String name = stack.names().inLayer(layer, linear.tensor());
              types.put(linear.name(), checkpoint.valueType(name));
              if (linear.biased()) {
                types.put(linear.biasName(), checkpoint.storedType(name + ".bias"));
              }
            });
    return types;
  }

  private DType storedType(String name) {
    return name.endsWith(".weight")
        ? checkpoint.valueType(name.substring(0, name.lastIndexOf('.')))
        : checkpoint.storedType(name);
  }

  /** Key of a value to name of its tensor within the layer. */
  private Map<String, String> moduleNames(int layer) {
    return LayerModuleNames.of(layout(layer));
  }

  private boolean optional(int layer, String key) {
    return layout(layer).modules().entrySet().stream()
        .anyMatch(module -> module.getKey().optional() && module.getValue().equals(key));
  }

  /**
   * Checks a value that was read from a layer, or made of one.
   *
   * @throws BadCheckpointException naming the file and the tensor when it has NaN or infinite
   *     values
   */
  public void requireFinite(int layer, String name, NDArray value) {
    if (!torch.tensors().isFinite(value)) {
      String tensor = stack.names().inLayer(layer, name);
      throw new BadCheckpointException(
          checkpoint.fileOf(tensor)
              + ": "
              + tensor
              + ": found NaN or infinite values, expected finite ones");
    }
  }
}
