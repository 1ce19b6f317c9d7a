package dev.assay.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers that calibration has found for a cache.
 *
 * @param values float32, row-major
 * @param shape whose product is the number of values
 */
public record CacheTable(List<Float> values, List<Integer> shape) {
  public CacheTable {
    values = List.copyOf(values);
    shape = List.copyOf(shape);
    int size = shape.stream().reduce(1, Math::multiplyExact);
    if (size != values.size()) {
      throw new IllegalArgumentException(
          "found " + values.size() + " values, expected " + size + " of shape " + shape);
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("found " + value + ", expected a finite number");
      }
    }
  }

  /**
   * A row of numbers that stands in a list of a configuration.
   *
   * @throws IllegalArgumentException if it is no list of finite numbers
   */
  static CacheTable of(JsonNode json) {
    if (!json.isArray() || json.isEmpty()) {
      throw new IllegalArgumentException("found " + json + ", expected a list of numbers");
    }
    float[] values = new float[json.size()];
    for (int i = 0; i < values.length; i++) {
      if (!json.get(i).isNumber()) {
        throw new IllegalArgumentException("found " + json.get(i) + ", expected a number");
      }
      values[i] = json.get(i).floatValue();
    }
    return of(values);
  }

  /** A row of numbers. */
  public static CacheTable of(float... values) {
    List<Float> all = new ArrayList<>();
    for (float value : values) {
      all.add(value);
    }
    return new CacheTable(all, List.of(values.length));
  }

  /** The same numbers in another shape. */
  public CacheTable reshaped(Integer... other) {
    return new CacheTable(values, List.of(other));
  }

  public int size() {
    return values.size();
  }

  /** The numbers, in an array of their own. */
  public float[] array() {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  /** The numbers as a list of a configuration, from which they come back to the last bit. */
  public ArrayNode json() {
    ArrayNode json = JsonNodeFactory.instance.arrayNode(values.size());
    values.forEach(json::add);
    return json;
  }
}
