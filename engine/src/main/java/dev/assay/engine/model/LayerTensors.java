package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.BadCheckpointException;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.DenseValues;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a stack's layers, as methods and scripts see them and as the checkpoint stores
 * them: fused weights are split into their linears and put together again.
 */
public final class LayerTensors {
  private final TorchSession torch;
  private final Checkpoint checkpoint;
  private final Stack stack;
  private final WeightRows rows;
  private final ScriptModule script;

  public LayerTensors(TorchSession torch, Checkpoint checkpoint, Stack stack) {
    this.torch = torch;
    this.checkpoint = checkpoint;
    this.stack = stack;
    this.rows = new WeightRows(torch);
    this.script = torch.script(LayerTensors.class, "rows.py");
  }

  /**
   * The linears of a layer by name.
   *
   * @param wanted those that are read
   * @throws BadCheckpointException if one is missing or of another shape than the configuration
   *     says
   */
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
          linear.rows() == null ? stored : rows.select(owner, stored, linear.rows().indices()));
    }
    return linears;
  }

  private StoredWeight stored(NDManager owner, int layer, Linear linear) {
    String name = stack.names().inLayer(layer, linear.tensor());
    StoredWeight stored = checkpoint.linear(torch, owner, name);
    if (linear.transposed() && stored instanceof DenseWeight dense) {
      stored = rows.transpose(owner, dense);
    }
    long out = stack.layout().storedRows(linear);
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

  /** The bias of a linear as it is stored, if it has one. */
  public Optional<NDArray> bias(NDManager owner, int layer, Linear linear) {
    String name = stack.names().inLayer(layer, linear.tensor()) + ".bias";
    if (!linear.biased()) {
      requireNoBias(owner, name);
      return Optional.empty();
    }
    long out = stack.layout().storedRows(linear);
    NDArray bias = tensor(owner, name, new Shape(out));
    return Optional.of(
        linear.rows() == null ? bias : rows.select(owner, bias, linear.rows().indices()));
  }

  /** Some quantizers save a bias of zeros with every linear. */
  private void requireNoBias(NDManager owner, String name) {
    if (checkpoint.has(name)) {
      try (NDManager scope = owner.newSubManager()) {
        NDArray bias = checkpoint.tensor(torch, scope, name);
        if (script.callForBoolean("any_other_than_zero", bias)) {
          throw new BadCheckpointException(
              checkpoint.fileOf(name)
                  + ": "
                  + name
                  + ": found a bias, expected none in this architecture");
        }
      }
    }
  }

  /** A norm or the like as it is stored; nothing where the layout has none. */
  public @Nullable NDArray side(NDManager owner, int layer, Side which) {
    String name = stack.layout().side().get(which);
    if (name == null) {
      return null;
    }
    String tensor = stack.names().inLayer(layer, name) + which.suffix();
    return which.optional() && !checkpoint.has(tensor)
        ? null
        : tensor(owner, tensor, ModelShapes.shape(stack.spec(), which));
  }

  /** The bias of a norm as it is stored; nothing where its kind has none. */
  public @Nullable NDArray sideBias(NDManager owner, int layer, Side which) {
    Optional<String> name = stack.layout().bias(which);
    return name.isEmpty()
        ? null
        : tensor(
            owner,
            stack.names().inLayer(layer, name.get()),
            ModelShapes.shape(stack.spec(), which));
  }

  private NDArray tensor(NDManager owner, String name, Shape expected) {
    return OuterTensors.tensor(torch, owner, checkpoint, name, expected);
  }

  /**
   * All current values of a layer in float32: linears and their biases, norms and the like by name.
   *
   * @throws BadCheckpointException if a weight is not finite
   */
  public Map<String, NDArray> values(NDManager owner, int layer) {
    Map<String, NDArray> values = new LinkedHashMap<>();
    try (NDManager scope = owner.newSubManager()) {
      for (Map.Entry<Side, String> side : stack.layout().side().entrySet()) {
        NDArray stored = side(scope, layer, side.getKey());
        if (stored != null) {
          values.put(side.getValue(), torch.tensors().cast(owner, stored, DType.FLOAT32));
        }
        NDArray bias = sideBias(scope, layer, side.getKey());
        if (bias != null) {
          String name = stack.layout().bias(side.getKey()).orElseThrow();
          values.put(name, torch.tensors().cast(owner, bias, DType.FLOAT32));
        }
      }
      for (Map.Entry<String, List<Linear>> stored : stack.layout().stored().entrySet()) {
        linears(scope, layer, stored.getValue())
            .forEach((name, weight) -> values.put(name, weight.dequantize(torch, owner)));
        for (Linear linear : stored.getValue()) {
          bias(scope, layer, linear)
              .ifPresent(
                  bias ->
                      values.put(
                          linear.biasName(), torch.tensors().cast(owner, bias, DType.FLOAT32)));
        }
      }
    }
    values.forEach((name, value) -> requireFinite(layer, name, value));
    return values;
  }

  /** The types in which a layer's {@link #values} are stored, or were before they were packed. */
  public Map<String, DType> types(int layer) {
    Map<String, DType> types = new LinkedHashMap<>();
    String first = stack.layout().stored().keySet().iterator().next();
    DType main = checkpoint.valueType(stack.names().inLayer(layer, first));
    sideNames()
        .forEach(
            (key, name) -> {
              String tensor = stack.names().inLayer(layer, name);
              types.put(key, optional(key) && !checkpoint.has(tensor) ? main : storedType(tensor));
            });
    stack
        .layout()
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

  /** Names of all layers' norms and the like, and prefixes of their linears. */
  public Stream<String> names() {
    return IntStream.range(0, stack.spec().layers())
        .boxed()
        .flatMap(
            layer ->
                Stream.concat(
                        sideNames().values().stream(), stack.layout().stored().keySet().stream())
                    .map(name -> stack.names().inLayer(layer, name)));
  }

  /** Key of a value to name of its tensor within the layer. */
  private Map<String, String> sideNames() {
    Map<String, String> names = new LinkedHashMap<>();
    stack
        .layout()
        .side()
        .forEach(
            (which, name) -> {
              names.put(name, name + which.suffix());
              stack.layout().bias(which).ifPresent(bias -> names.put(bias, bias));
            });
    return names;
  }

  private boolean optional(String key) {
    return stack.layout().side().entrySet().stream()
        .anyMatch(side -> side.getKey().optional() && side.getValue().equals(key));
  }

  private void requireFinite(int layer, String name, NDArray value) {
    if (!torch.tensors().isFinite(value)) {
      throw new BadCheckpointException(
          checkpoint.fileOf(stack.names().inLayer(layer, name))
              + ": "
              + stack.names().inLayer(layer, name)
              + ": found NaN or infinite values, expected finite ones");
    }
  }

  /**
   * Writes a layer.
   *
   * @param values current values by name, see {@link #values}
   * @param compressed linears that are stored in another form
   * @param types of what stays dense, by name
   * @throws BadCheckpointException if a value is too large for its type
   */
  public void write(
      CheckpointWriter writer,
      int layer,
      Map<String, NDArray> values,
      Map<String, StoredWeight> compressed,
      Map<String, DType> types) {
    try (NDManager scope = torch.manager().newSubManager()) {
      sideNames()
          .forEach(
              (key, name) -> {
                if (!optional(key) || values.containsKey(key)) {
                  String tensor = stack.names().inLayer(layer, name);
                  writeSide(
                      writer, tensor, stored(scope, value(values, key), type(types, key), tensor));
                }
              });
      stack
          .layout()
          .stored()
          .forEach(
              (tensor, parts) ->
                  write(writer, scope, layer, tensor, parts, values, compressed, types));
    }
  }

  private void write(
      CheckpointWriter writer,
      NDManager scope,
      int layer,
      String tensor,
      List<Linear> parts,
      Map<String, NDArray> values,
      Map<String, StoredWeight> compressed,
      Map<String, DType> types) {
    String name = stack.names().inLayer(layer, tensor);
    boolean any = parts.stream().anyMatch(part -> compressed.containsKey(part.name()));
    if (any) {
      List<StoredWeight> weights = new ArrayList<>();
      for (Linear part : parts) {
        StoredWeight weight = compressed.get(part.name());
        if (weight == null) {
          DType type = type(types, part.name());
          weight = new DenseWeight(stored(scope, value(values, part.name()), type, name), type);
        }
        weights.add(weight);
      }
      StoredWeight joined = rows.join(scope, parts, weights);
      if (parts.get(0).transposed() && joined instanceof DenseWeight dense) {
        joined = rows.transpose(scope, dense);
      }
      writer.putLinear(name, joined);
    } else if (checkpoint.isPacked(name)) {
      writer.carry(checkpoint, name, type(types, parts.get(0).name()));
    } else {
      DType type = type(types, parts.get(0).name());
      writer.putDense(
          name, stored(scope, checkpoint.tensor(torch, scope, name + ".weight"), type, name));
    }
    if (parts.get(0).biased()) {
      List<NDArray> biases = parts.stream().map(part -> value(values, part.biasName())).toList();
      NDArray bias = rows.joinRows(scope, parts, biases);
      DType type = type(types, parts.get(0).biasName());
      writer.put(name + ".bias", stored(scope, bias, type, name + ".bias"));
    }
  }

  private NDArray stored(NDManager scope, NDArray values, DType type, String name) {
    return DenseValues.in(type, torch, scope, values, checkpoint, name);
  }

  /** Loaders take the router for a linear too. */
  private void writeSide(CheckpointWriter writer, String name, NDArray value) {
    String router = stack.layout().side().get(Side.ROUTER);
    String activation = stack.layout().side().get(Side.ACTIVATION);
    String prefix = name.substring(0, name.lastIndexOf('.'));
    if (router != null && prefix.endsWith("." + router)) {
      writer.putDense(prefix, value);
    } else if (activation != null && prefix.endsWith("." + activation)) {
      writer.putDivisor(name, value);
    } else {
      writer.put(name, value);
    }
  }

  private static DType type(Map<String, DType> types, String name) {
    DType type = types.get(name);
    if (type == null) {
      throw new IllegalArgumentException("no type given for '" + name + "'");
    }
    return type;
  }

  private static NDArray value(Map<String, NDArray> values, String name) {
    NDArray value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no value given for '" + name + "'");
    }
    return value;
  }
}
