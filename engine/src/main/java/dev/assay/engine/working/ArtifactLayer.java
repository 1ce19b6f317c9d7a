package dev.assay.engine.working;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.CheckpointWriter;
import dev.assay.engine.checkpoint.DenseValues;
import dev.assay.engine.model.KeyValueScales;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerWeights;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.RowBlocks;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Writes one layer: linears that share a stored weight are put together again. */
final class ArtifactLayer {
  private final TorchSession torch;
  private final WorkingWeights weights;
  private final LayerWeights layers;
  private final CheckpointWriter writer;
  private final Stack stack;
  private final LayerLayout layout;
  private final LayerLayout before;
  private final int layer;
  private final String key;
  private final String originPrefix;
  private final Map<String, DType> types;

  ArtifactLayer(
      TorchSession torch,
      WorkingModel model,
      WorkingWeights weights,
      CheckpointWriter writer,
      int stack,
      int layer) {
    this.torch = torch;
    this.weights = weights;
    this.layers = weights.layers(stack);
    this.writer = writer;
    this.stack = weights.stack(stack);
    this.layout = this.stack.layer(layer).layout();
    this.before = weights.base().stack(stack).layer(weights.origin(stack, layer)).layout();
    this.layer = layer;
    this.key = weights.key(stack, layer);
    this.originPrefix =
        weights.base().stack(stack).names().inLayer(weights.origin(stack, layer), "");
    this.types = model.types(stack, layer);
  }

  void write() {
    try (NDManager scope = torch.manager().newSubManager()) {
      for (Map.Entry<LayerModule, String> module : layout.modules().entrySet()) {
        LayerModule which = module.getKey();
        write(
            scope,
            which,
            module.getValue(),
            module.getValue() + which.suffix(),
            layers.module(scope, layer, which));
        layout
            .bias(which)
            .ifPresent(
                bias -> write(scope, which, bias, bias, layers.moduleBias(scope, layer, which)));
      }
    }
    if (stack.layer(layer).attention().causal()) {
      writer.cache(
          KeyValueScales.attention(stack, layer),
          KeyValueScales.written(stack.layer(layer).cache()));
    }
    layout
        .stored()
        .forEach(
            (tensor, parts) -> {
              try (NDManager scope = torch.manager().newSubManager()) {
                linears(scope, tensor, parts);
              }
            });
  }

  private void write(
      NDManager scope, LayerModule which, String name, String tensor, @Nullable NDArray value) {
    if (value == null) {
      return;
    }
    String full = stack.names().inLayer(layer, tensor);
    NDArray stored = stored(scope, value, type(name), tensor);
    // Loaders take the router for a linear too.
    if (which == LayerModule.ROUTER) {
      writer.putDense(full.substring(0, full.lastIndexOf('.')), stored);
    } else if (which == LayerModule.ACTIVATION) {
      writer.putDivisor(full, stored);
    } else {
      writer.put(full, stored);
    }
  }

  private void linears(NDManager scope, String tensor, List<Linear> parts) {
    String name = stack.names().inLayer(layer, tensor);
    Checkpoint source = weights.checkpoint();
    boolean changed = parts.stream().anyMatch(part -> weights.hasChangedLinear(key, part.name()));
    DType type = type(parts.get(0).name());
    parts.forEach(this::requireShape);
    List<InputScheme> inputs =
        parts.stream()
            .map(part -> stack.layer(layer).linear(part.name()).input())
            .distinct()
            .toList();
    if (inputs.size() == 1) {
      writer.input(name, inputs.get(0));
    }
    if (changed) {
      writer.putLinear(name, joined(scope, tensor, parts));
    } else if (source.isPacked(originPrefix + tensor)) {
      writer.carry(source, originPrefix + tensor, name, type);
    } else {
      NDArray values = source.tensor(torch, scope, originPrefix + tensor + ".weight");
      writer.putDense(name, stored(scope, values, type, tensor));
    }
    if (parts.get(0).biased()) {
      List<NDArray> biases =
          parts.stream().map(part -> layers.bias(scope, layer, part).orElseThrow()).toList();
      NDArray bias =
          biases.size() == 1 ? biases.get(0) : WeightRows.join(torch, scope, biases, places(parts));
      DType biasType = type(parts.get(0).biasName());
      writer.put(name + ".bias", stored(scope, bias, biasType, tensor + ".bias"));
    }
  }

  /** A weight that no stage changed has the shape that it had. */
  private void requireShape(Linear part) {
    if (weights.hasChangedLinear(key, part.name())) {
      return;
    }
    Linear was = before.linear(part.name());
    if (was.outFeatures() != part.outFeatures() || was.inFeatures() != part.inFeatures()) {
      throw new IllegalStateException(
          "layer %d, %s: found an unchanged weight of [%d, %d], expected [%d, %d] by the model's shape"
              .formatted(
                  layer,
                  part.name(),
                  was.outFeatures(),
                  was.inFeatures(),
                  part.outFeatures(),
                  part.inFeatures()));
    }
  }

  private StoredWeight joined(NDManager scope, String tensor, List<Linear> parts) {
    List<StoredWeight> all = new ArrayList<>();
    for (Linear part : parts) {
      StoredWeight weight = layers.linears(scope, layer, List.of(part)).get(part.name());
      all.add(dense(scope, tensor, part, Objects.requireNonNull(weight)));
    }
    StoredWeight whole = all.get(0);
    if (all.size() > 1) {
      if (all.stream().map(Object::getClass).distinct().count() > 1) {
        throw new IllegalArgumentException(
            "the parts of "
                + tensor
                + " cannot be stored as one weight: "
                + all.stream().map(StoredWeight::format).distinct().toList());
      }
      whole = whole.joined(torch, scope, all, places(parts));
    }
    return parts.get(0).transposed() && whole.isDense()
        ? whole.dense().orElseThrow().transposed(torch, scope)
        : whole;
  }

  /** A dense weight in the type that it is to have; any other as it is. */
  private StoredWeight dense(NDManager scope, String tensor, Linear part, StoredWeight weight) {
    boolean unchanged = !weights.hasChangedLinear(key, part.name());
    if (!weight.isDense() && !unchanged) {
      return weight;
    }
    DType type = type(part.name());
    NDArray values =
        weight.isDense() ? weight.dense().orElseThrow().values() : weight.dequantize(torch, scope);
    return new DenseWeight(stored(scope, values, type, tensor), type);
  }

  /** For each row of all parts its place in the stored weight. */
  static long[] places(List<Linear> parts) {
    return parts.stream()
        .flatMapToLong(
            part -> {
              RowBlocks rows = part.rows();
              if (rows == null) {
                throw new IllegalArgumentException(
                    part.name() + " shares its tensor but names no rows");
              }
              return LongStream.of(rows.indices());
            })
        .toArray();
  }

  private NDArray stored(NDManager scope, NDArray values, DType type, String tensor) {
    return DenseValues.in(type, torch, scope, values, weights.checkpoint(), originPrefix + tensor);
  }

  private DType type(String name) {
    DType type = types.get(name);
    if (type == null) {
      throw new IllegalArgumentException("no type given for '" + name + "'");
    }
    return type;
  }
}
