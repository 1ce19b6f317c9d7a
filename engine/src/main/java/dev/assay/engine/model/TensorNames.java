package dev.assay.engine.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a family keeps its tensors in a checkpoint.
 *
 * @param layers prefix of the layers, before the index
 * @param modules prefixes of what stands beside them, as far as it is there
 */
public record TensorNames(String layers, Map<ModelModule, String> modules) {
  public TensorNames {
    modules = Collections.unmodifiableMap(new EnumMap<>(modules));
    if (!modules.containsKey(ModelModule.EMBEDDING)) {
      throw new IllegalArgumentException("a model has an embedding");
    }
  }

  /** The names that nearly every family has. */
  public static TensorNames of(String embedding, String layers, String finalNorm, String head) {
    return new TensorNames(
        layers,
        Map.of(
            ModelModule.EMBEDDING,
            embedding,
            ModelModule.FINAL_NORM,
            finalNorm,
            ModelModule.HEAD,
            head));
  }

  /** The same with one more. */
  public TensorNames with(ModelModule which, String prefix) {
    Map<ModelModule, String> more = new EnumMap<>(modules);
    more.put(which, prefix);
    return new TensorNames(layers, more);
  }

  /** The same with one less. */
  public TensorNames without(ModelModule which) {
    Map<ModelModule, String> less = new EnumMap<>(modules);
    less.remove(which);
    return new TensorNames(layers, less);
  }

  /** The same without a prefix where a name begins with it, as some checkpoints are saved. */
  public TensorNames stripped(String prefix) {
    Map<ModelModule, String> shorter = new EnumMap<>(ModelModule.class);
    modules.forEach((which, name) -> shorter.put(which, strip(prefix, name)));
    return new TensorNames(strip(prefix, layers), shorter);
  }

  private static String strip(String prefix, String name) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  /** Prefix of the token embedding. */
  public String embedding() {
    return java.util.Objects.requireNonNull(modules.get(ModelModule.EMBEDDING));
  }

  /** Prefix of the output layer; that of the embedding where the family has none. */
  public String head() {
    return modules.getOrDefault(ModelModule.HEAD, embedding());
  }

  public Optional<String> find(ModelModule which) {
    return Optional.ofNullable(modules.get(which));
  }

  /** Prefix of a part of a layer, for example {@code model.layers.3.mlp.up_proj}. */
  public String inLayer(int layer, String part) {
    return layers + "." + layer + "." + part;
  }
}
