package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.weight.StoredWeight;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The values of a layer while a method is at work on it, and what it has stored. */
final class LayerState {
  private final int layer;
  private final boolean keepsOriginal;
  private final boolean keepsUnrounded;
  private final Map<String, NDArray> original;
  private final Map<String, NDArray> values;
  private final Factors factors;
  private final Map<String, NDArray> factorValues;
  private final Map<String, StoredWeight> stored = new LinkedHashMap<>();
  private final Set<String> replacedLinears = new LinkedHashSet<>();
  private final Set<String> replacedValues = new LinkedHashSet<>();
  private final Map<String, NDArray> unrounded = new LinkedHashMap<>();

  LayerState(int layer, Map<String, NDArray> original, boolean keepsOriginal) {
    this(layer, original, Factors.NONE, keepsOriginal, false);
  }

  /**
   * @param layer its index, for messages
   * @param original all values, float32 by name
   * @param factors of linears that are shown by their factors
   * @param keepsOriginal whether those are needed when the method is done
   * @param keepsUnrounded whether what linears were replaced by before they were rounded is, too
   */
  LayerState(
      int layer,
      Map<String, NDArray> original,
      Factors factors,
      boolean keepsOriginal,
      boolean keepsUnrounded) {
    this.layer = layer;
    this.keepsUnrounded = keepsUnrounded;
    this.original = original;
    this.values = new HashMap<>(original);
    this.factors = factors;
    this.factorValues = new HashMap<>(factors.values());
    this.keepsOriginal = keepsOriginal;
  }

  /** All values as they are now, by name. */
  Map<String, NDArray> values() {
    return values;
  }

  /** The factors of linears that are shown by them, as they are now. */
  Map<String, NDArray> factorValues() {
    return factorValues;
  }

  /**
   * A value that is not stored yet, of a factor too.
   *
   * @throws IllegalArgumentException if there is none
   */
  NDArray unstored(String name) {
    NDArray factor = factorValues.get(name);
    NDArray value = factor == null ? values.get(name) : factor;
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
    if (factorValues.containsKey(linear)) {
      factorValues.put(linear, dequantized);
      if (before != dequantized) {
        before.close();
      }
      factors.of(linear).forEach(this::multiply);
      return;
    }
    boolean replaced = replacedLinears.remove(linear);
    values.put(linear, dequantized);
    if (keepsUnrounded && replaced && !weight.isDense()) {
      unrounded.put(linear, before);
    } else if (before != dequantized && (!keepsOriginal || before != original.get(linear))) {
      before.close();
    }
  }

  /** Brings a product of two to what its factors are. */
  private void multiply(String linear) {
    NDArray before = Objects.requireNonNull(values.get(linear), linear);
    NDArray product = factors.product(linear, factorValues);
    product.attach(before.getManager());
    values.put(linear, product);
    if (!keepsOriginal || before != original.get(linear)) {
      before.close();
    }
  }

  /** Of linears that were replaced and then rounded, what they were replaced by. */
  Map<String, NDArray> unrounded() {
    return Collections.unmodifiableMap(unrounded);
  }

  /** What was stored, by the names by which it is shown. */
  Map<String, StoredWeight> stored() {
    return Collections.unmodifiableMap(stored);
  }

  /** What was stored, by the layer's linears. */
  Map<String, StoredWeight> storedLinears() {
    return Collections.unmodifiableMap(factors.joined(stored));
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
