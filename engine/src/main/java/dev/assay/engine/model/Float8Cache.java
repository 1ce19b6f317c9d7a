package dev.assay.engine.model;

/**
 * Keys and values as floats of 8 bits (E4M3) under a scale for each token and head, float32, by
 * which the greatest magnitude becomes 448. A token reads what is kept, its own key and value too.
 *
 * @see <a href="https://arxiv.org/abs/2209.05433">Micikevicius et al. 2022</a>
 */
public record Float8Cache() implements CacheScheme {
  static final String NAME = "fp8-per-token";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String module() {
    return "float8.Float8CacheScheme";
  }

  @Override
  public CacheSize size(AttentionSpec attention, int dtypeBytes) {
    int head = attention.headDimension() + Float.BYTES;
    return new CacheSize(2.0 * attention.keyValueHeads() * head, 0);
  }

  @Override
  public String words() {
    return "in 8-bit floats by token and head";
  }
}
