package dev.assay.engine.working;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerTensors;
import dev.assay.engine.model.LayerValues;
import dev.assay.engine.model.LayerWeights;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The layers of a model that is being worked on: what stages changed, the rest as it was. */
final class WorkingLayers implements LayerWeights {
  private final WorkingWeights weights;
  private final int stack;
  private final Stack now;
  private final Stack before;
  private final LayerTensors base;
  private final TorchSession torch;

  WorkingLayers(WorkingWeights weights, int stack) {
    this.weights = weights;
    this.stack = stack;
    this.now = weights.stack(stack);
    this.before = weights.base().stack(stack);
    this.base = weights.base().layers(stack);
    this.torch = weights.base().torch();
  }

  @Override
  public Map<String, StoredWeight> linears(NDManager owner, int layer, List<Linear> wanted) {
    String key = weights.key(stack, layer);
    int origin = weights.origin(stack, layer);
    Map<String, StoredWeight> found = new HashMap<>();
    List<Linear> unchanged = new ArrayList<>();
    for (Linear linear : wanted) {
      Optional<StoredWeight> changed = weights.changedLinear(owner, key, linear.name());
      if (changed.isPresent()) {
        found.put(linear.name(), changed.get());
      } else {
        unchanged.add(before.layer(origin).layout().linear(linear.name()));
      }
    }
    found.putAll(base.linears(owner, origin, unchanged));
    Map<String, StoredWeight> ordered = new LinkedHashMap<>();
    for (Linear linear : wanted) {
      StoredWeight weight = Objects.requireNonNull(found.get(linear.name()), linear.name());
      if (weight.outFeatures() != linear.outFeatures()
          || weight.inFeatures() != linear.inFeatures()) {
        throw new IllegalStateException(
            "layer %d, %s: found a weight of [%d, %d], expected [%d, %d] by the model's shape"
                .formatted(
                    layer,
                    linear.name(),
                    weight.outFeatures(),
                    weight.inFeatures(),
                    linear.outFeatures(),
                    linear.inFeatures()));
      }
      ordered.put(linear.name(), weight);
    }
    return ordered;
  }

  @Override
  public Optional<NDArray> bias(NDManager owner, int layer, Linear linear) {
    int origin = weights.origin(stack, layer);
    return (linear.biased()
            ? weights.changedValue(owner, weights.key(stack, layer), linear.biasName())
            : Optional.<NDArray>empty())
        .or(() -> base.bias(owner, origin, before.layer(origin).layout().linear(linear.name())));
  }

  @Override
  public @Nullable NDArray module(NDManager owner, int layer, LayerModule which) {
    String name = layout(layer).modules().get(which);
    if (name == null) {
      return null;
    }
    Optional<NDArray> changed = weights.changedValue(owner, weights.key(stack, layer), name);
    return changed.isPresent()
        ? changed.get()
        : base.module(owner, weights.origin(stack, layer), which);
  }

  @Override
  public @Nullable NDArray moduleBias(NDManager owner, int layer, LayerModule which) {
    Optional<String> name = layout(layer).bias(which);
    if (name.isEmpty()) {
      return null;
    }
    Optional<NDArray> changed = weights.changedValue(owner, weights.key(stack, layer), name.get());
    return changed.isPresent()
        ? changed.get()
        : base.moduleBias(owner, weights.origin(stack, layer), which);
  }

  @Override
  public Map<String, NDArray> values(NDManager owner, int layer) {
    Map<String, NDArray> values = LayerValues.of(torch, owner, this, layer, layout(layer));
    int origin = weights.origin(stack, layer);
    values.forEach((name, value) -> base.requireFinite(origin, name, value));
    return values;
  }

  private LayerLayout layout(int layer) {
    return now.layer(layer).layout();
  }
}
