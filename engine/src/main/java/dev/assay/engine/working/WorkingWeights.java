package dev.assay.engine.working;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.LayerWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a model at one point of its way through the stages.
 *
 * @param base the checkpoint that it came from
 * @param spec what the model is
 * @param origins for each stack the layers of the checkpoint that its layers came from
 * @param overlays what stages changed, the last one last
 */
record WorkingWeights(
    CheckpointWeights base, ModelSpec spec, List<List<Integer>> origins, List<Overlay> overlays)
    implements ModelWeights {
  private static final String BESIDE = "beside";
  private static final String WEIGHT = ".weight";

  WorkingWeights {
    origins = origins.stream().map(List::copyOf).toList();
    overlays = List.copyOf(overlays);
  }

  /** Key of a layer in overlays, which stays the same when others are dropped. */
  String key(int stack, int layer) {
    return stack + "-" + origin(stack, layer);
  }

  /** Key of what stands beside the layers. */
  static String beside() {
    return BESIDE;
  }

  int origin(int stack, int layer) {
    return origins.get(stack).get(layer);
  }

  /** The last overlay's part of a key that has something. */
  Optional<Overlay.Part> find(String key, Predicate<Overlay.Part> has) {
    for (int i = overlays.size() - 1; i >= 0; i--) {
      Optional<Overlay.Part> part = overlays.get(i).part(key).filter(has);
      if (part.isPresent()) {
        return part;
      }
    }
    return Optional.empty();
  }

  /** A value that a stage changed. */
  Optional<NDArray> changedValue(NDManager owner, String key, String name) {
    return find(key, part -> part.hasValue(name)).map(part -> part.value(owner, name));
  }

  /** A linear that a stage changed. */
  Optional<StoredWeight> changedLinear(NDManager owner, String key, String name) {
    return find(key, part -> part.hasLinear(name)).map(part -> part.linear(owner, name));
  }

  /** The last stage that changed a linear, counted from 0; −1 where none did. */
  int lastChange(String key, String name) {
    for (int i = overlays.size() - 1; i >= 0; i--) {
      if (overlays.get(i).part(key).filter(part -> part.hasLinear(name)).isPresent()) {
        return i;
      }
    }
    return -1;
  }

  boolean hasChangedValue(String key, String name) {
    return find(key, part -> part.hasValue(name)).isPresent();
  }

  boolean hasChangedLinear(String key, String name) {
    return find(key, part -> part.hasLinear(name)).isPresent();
  }

  @Override
  public LayerWeights layers(int stack) {
    return new WorkingLayers(this, stack);
  }

  @Override
  public NDArray tensor(NDManager owner, String name, @Nullable Shape expected) {
    if (name.endsWith(WEIGHT)) {
      String prefix = name.substring(0, name.length() - WEIGHT.length());
      if (hasChangedLinear(BESIDE, prefix)) {
        try (NDManager scope = owner.newSubManager()) {
          return changedLinear(scope, BESIDE, prefix).orElseThrow().dequantize(base.torch(), owner);
        }
      }
    }
    return changedValue(owner, BESIDE, name).orElseGet(() -> base.tensor(owner, name, expected));
  }

  @Override
  public StoredWeight linear(NDManager owner, String prefix) {
    if (!hasChangedLinear(BESIDE, prefix) && hasChangedValue(BESIDE, prefix + WEIGHT)) {
      NDArray values = changedValue(owner, BESIDE, prefix + WEIGHT).orElseThrow();
      return new DenseWeight(values, base.torch().tensors().typeOf(values));
    }
    return changedLinear(owner, BESIDE, prefix).orElseGet(() -> base.linear(owner, prefix));
  }

  @Override
  public Checkpoint checkpoint() {
    return base.checkpoint();
  }
}
