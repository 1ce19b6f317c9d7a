package dev.assay.engine.model;

/** Keys and values in the type of the activations. */
public record DenseCache() implements CacheScheme {
  static final String NAME = "dense";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String module() {
    return "cache.DenseCacheScheme";
  }

  @Override
  public CacheSize size(AttentionSpec attention, int dtypeBytes) {
    return new CacheSize(2.0 * attention.keyValueWidth() * dtypeBytes, 0);
  }

  @Override
  public String words() {
    return "in the activations' type";
  }
}
