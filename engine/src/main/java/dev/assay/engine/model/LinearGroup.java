package dev.assay.engine.model;

import java.util.List;

/**
 * Linears of a layer that share an input; their outputs are concatenated in the order given.
 * Methods work from this description and so never know a family.
 *
 * @param parts one to three linears
 * @param clippable whether AWQ may clip them; queries and keys are too sensitive to it
 */
public record LinearGroup(List<Linear> parts, boolean clippable) {
  public LinearGroup {
    parts = List.copyOf(parts);
    if (parts.isEmpty() || parts.size() > WeightTable.PARTS) {
      throw new IllegalArgumentException(parts.size() + " linears in a group, expected 1 to 3");
    }
    long in = parts.get(0).inFeatures();
    if (parts.stream().anyMatch(part -> part.inFeatures() != in)) {
      throw new IllegalArgumentException("linears of a group have one width of input");
    }
  }

  /** A group that may be clipped. */
  public static LinearGroup of(Linear... parts) {
    return new LinearGroup(List.of(parts), true);
  }

  /** Queries, keys and values. */
  public static LinearGroup queriesKeysValues(Linear queries, Linear keys, Linear values) {
    return new LinearGroup(List.of(queries, keys, values), false);
  }

  /** Names within the layer. */
  public List<String> linears() {
    return parts.stream().map(Linear::name).toList();
  }

  /** Width of the input. */
  public long inFeatures() {
    return parts.get(0).inFeatures();
  }
}
