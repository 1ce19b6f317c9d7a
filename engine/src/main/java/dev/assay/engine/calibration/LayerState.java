package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.weight.StoredWeight;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The values of a layer while a method is at work on it, and what it has stored. */
final class LayerState {
  private final int layer;
  private final boolean keepsOriginal;
  private final boolean keepsUnrounded;
  private final Map<String, NDArray> original;
  private final Map<String, NDArray> values;
  private final Map<String, StoredWeight> stored = new LinkedHashMap<>();
  private final Set<String> replacedLinears = new LinkedHashSet<>();
  private final Set<String> replacedValues = new LinkedHashSet<>();
  private final Map<String, NDArray> unrounded = new LinkedHashMap<>();

  LayerState(int layer, Map<String, NDArray> original, boolean keepsOriginal) {
    this(layer, original, keepsOriginal, false);
  }

  /**
   * @param layer its index, for messages
   * @param original all values, float32 by name
   * @param keepsOriginal whether those are needed when the method is done
   * @param keepsUnrounded whether what linears were replaced by before they were rounded is, too
   */
  LayerState(
      int layer, Map<String, NDArray> original, boolean keepsOriginal, boolean keepsUnrounded) {
    this.layer = layer;
    this.keepsUnrounded = keepsUnrounded;
    this.original = original;
    this.values = new HashMap<>(original);
    this.keepsOriginal = keepsOriginal;
  }

  /** All values as they are now, by name. */
  Map<String, NDArray> values() {
    return values;
  }

  /**
   * A value that is not stored yet.
   *
   * @throws IllegalArgumentException if there is none
   */
  NDArray unstored(String name) {
    NDArray value = values.get(name);
    if (value == null || stored.containsKey(name)) {
      throw new IllegalArgumentException(
          "layer "
              + layer
              + " has no '"
              + name
              + "' to be stored, only "
              + values.keySet()
              + "; stored are "
              + stored.keySet());
    }
    return value;
  }

  /**
   * Puts another value in the place of one.
   *
   * @param linear whether it is a linear's weight
   */
  void replace(String name, NDArray value, boolean linear) {
    values.put(name, value);
    (linear ? replacedLinears : replacedValues).add(name);
  }

  /**
   * Notes a weight as stored, and frees what it was before.
   *
   * @param dequantized the values that it stands for
   */
  void store(String linear, StoredWeight weight, NDArray dequantized) {
    NDArray before = unstored(linear);
    stored.put(linear, weight);
    boolean replaced = replacedLinears.remove(linear);
    values.put(linear, dequantized);
    if (keepsUnrounded && replaced && !weight.isDense()) {
      unrounded.put(linear, before);
    } else if (before != dequantized && (!keepsOriginal || before != original.get(linear))) {
      before.close();
    }
  }

  /** Of linears that were replaced and then rounded, what they were replaced by. */
  Map<String, NDArray> unrounded() {
    return Collections.unmodifiableMap(unrounded);
  }

  Map<String, StoredWeight> stored() {
    return Collections.unmodifiableMap(stored);
  }

  /** Linears that were replaced and not stored since. */
  Set<String> replacedLinears() {
    return Collections.unmodifiableSet(replacedLinears);
  }

  /** Norms, biases and the like that were replaced. */
  Set<String> replacedValues() {
    return Collections.unmodifiableSet(replacedValues);
  }
}
