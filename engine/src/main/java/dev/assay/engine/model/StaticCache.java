package dev.assay.engine.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.weight.SchemeKeys;
import java.util.Map;

/**
 * Keys, after positions have turned them, and values on grids that calibration has found, one for
 * all heads or one for each; what lies beyond saturates. A token reads what is kept, its own key
 * and value too.
 *
 * @param keys grids of keys
 * @param values grids of values
 */
public record StaticCache(StaticGrid keys, StaticGrid values) implements CacheScheme {
  static final String NAME = "static";

  /** Whether compressed-tensors has words for it: both grids of one kind, around 0. */
  public boolean isPublished() {
    return keys.form() == values.form()
        && keys.bits() == values.bits()
        && keys.scales().size() == values.scales().size()
        && keys.isAroundZero()
        && values.isAroundZero();
  }

  static StaticCache of(SchemeKeys keys) {
    return new StaticCache(keys.read("keys", StaticGrid::of), keys.read("values", StaticGrid::of));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String module() {
    return "static_cache.StaticCacheScheme";
  }

  @Override
  public Map<String, Number> attributes() {
    return Map.of("key_bits", bits(keys), "value_bits", bits(values));
  }

  /** Of floats, which the script tells apart so, none. */
  private static int bits(StaticGrid grid) {
    return grid.form() == StaticGrid.Form.FP8 ? 0 : grid.bits();
  }

  @Override
  public Map<String, CacheTable> tables() {
    return Map.of(
        "key_scales", heads(keys.scales()),
        "key_zeros", heads(keys.zeros()),
        "value_scales", heads(values.scales()),
        "value_zeros", heads(values.zeros()));
  }

  private static CacheTable heads(CacheTable table) {
    return table.reshaped(table.size(), 1, 1);
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = CacheScheme.super.json();
    json.set("keys", keys.json());
    json.set("values", values.json());
    return json;
  }

  @Override
  public void requireFits(AttentionSpec attention) {
    keys.requireFits(attention);
    values.requireFits(attention);
  }

  @Override
  public CacheSize size(AttentionSpec attention, int dtypeBytes) {
    double bits = keys.bits() + values.bits();
    return new CacheSize(attention.keyValueWidth() * bits / Byte.SIZE, 0);
  }

  @Override
  public String words() {
    return "keys in " + keys.words() + ", values in " + values.words();
  }
}
