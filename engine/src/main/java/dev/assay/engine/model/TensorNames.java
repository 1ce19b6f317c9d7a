package dev.assay.engine.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a family keeps its tensors in a checkpoint.
 *
 * @param layers prefix of the layers, before the index
 * @param outer prefixes of what stands beside them, as far as it is there
 */
public record TensorNames(String layers, Map<Outer, String> outer) {
  public TensorNames {
    outer = Collections.unmodifiableMap(new EnumMap<>(outer));
    if (!outer.containsKey(Outer.EMBEDDING)) {
      throw new IllegalArgumentException("a model has an embedding");
    }
  }

  /** The names that nearly every family has. */
  public static TensorNames of(String embedding, String layers, String finalNorm, String head) {
    return new TensorNames(
        layers, Map.of(Outer.EMBEDDING, embedding, Outer.FINAL_NORM, finalNorm, Outer.HEAD, head));
  }

  /** The same with one more. */
  public TensorNames with(Outer which, String prefix) {
    Map<Outer, String> more = new EnumMap<>(outer);
    more.put(which, prefix);
    return new TensorNames(layers, more);
  }

  /** The same with one less. */
  public TensorNames without(Outer which) {
    Map<Outer, String> less = new EnumMap<>(outer);
    less.remove(which);
    return new TensorNames(layers, less);
  }

  /** The same without a prefix where a name begins with it, as some checkpoints are saved. */
  public TensorNames stripped(String prefix) {
    Map<Outer, String> shorter = new EnumMap<>(Outer.class);
    outer.forEach((which, name) -> shorter.put(which, strip(prefix, name)));
    return new TensorNames(strip(prefix, layers), shorter);
  }

  private static String strip(String prefix, String name) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  /** Prefix of the token embedding. */
  public String embedding() {
    return java.util.Objects.requireNonNull(outer.get(Outer.EMBEDDING));
  }

  /** Prefix of the output layer; that of the embedding where the family has none. */
  public String head() {
    return outer.getOrDefault(Outer.HEAD, embedding());
  }

  public Optional<String> find(Outer which) {
    return Optional.ofNullable(outer.get(which));
  }

  /** Prefix of a part of a layer, for example {@code model.layers.3.mlp.up_proj}. */
  public String inLayer(int layer, String part) {
    return layers + "." + layer + "." + part;
  }
}
