package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.checkpoint.packed.QuantizationRules.Rule;
import dev.assay.engine.weight.GridForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration of a compressed-tensors checkpoint, as far as it concerns weights. Groups
 * of modules may differ in bits and the like: what {@code ignore} names is left out, a group that
 * names a module or a pattern goes before one that names a class.
 */
final class CompressedTensorsConfig {
  static final String PACKED = "pack-quantized";
  static final String FLOAT = "float-quantized";
  private static final String IGNORE = "ignore";
  private static final String TARGETS = "targets";

  private final ConfigNode json;
  private final boolean packed;

  private CompressedTensorsConfig(ConfigNode json, boolean packed) {
    this.json = json;
    this.packed = packed;
  }

  static QuantizationRules read(ConfigNode json) {
    String format = json.text("format", "nothing");
    if (!format.equals(PACKED) && !format.equals(FLOAT)) {
      throw json.bad("format", format, PACKED + " or " + FLOAT);
    }
    return new CompressedTensorsConfig(json, format.equals(PACKED)).rules();
  }

  private QuantizationRules rules() {
    String sparsity = json.get("sparsity_config").path("format").asText("dense");
    if (!sparsity.equals("dense")) {
      throw json.bad("sparsity_config.format", sparsity, "dense");
    }
    if (!json.get("transform_config").isEmpty()) {
      throw json.bad("transform_config", "nothing: transformed inputs are not run");
    }
    List<Rule> rules = new ArrayList<>();
    for (String entry : CompressedTensorsTargets.of(json, IGNORE)) {
      rules.add(new Rule(entry, CompressedTensorsTargets.fits(json, IGNORE, entry), null));
    }
    ConfigNode groups = json.child("config_groups");
    List<Rule> classes = new ArrayList<>();
    @Nullable QuantizationConfig first = null;
    for (Map.Entry<String, JsonNode> entry : groups.json().properties()) {
      ConfigNode group = groups.child(entry.getKey());
      QuantizationConfig config = group(group);
      first = first == null ? config : first;
      for (String target : CompressedTensorsTargets.of(group, TARGETS)) {
        Rule rule = new Rule(target, CompressedTensorsTargets.fits(group, TARGETS, target), config);
        (CompressedTensorsTargets.isClass(target) ? classes : rules).add(rule);
      }
    }
    if (first == null) {
      throw json.bad("config_groups", "at least one group");
    }
    rules.addAll(classes);
    return new QuantizationRules(first, rules);
  }

  private QuantizationConfig group(ConfigNode group) {
    String format = group.text("format", "null");
    if (!format.equals("null") && !format.equals(packed ? PACKED : FLOAT)) {
      throw group.bad("format", format, packed ? PACKED : FLOAT);
    }
    ConfigNode weights = group.child("weights");
    return packed ? packed(group, weights) : floating(weights);
  }

  private static QuantizationConfig packed(ConfigNode group, ConfigNode weights) {
    // Codes alone say nothing of how a model of quantized activations would fare.
    if (!group.isAbsent("input_activations")) {
      throw group.bad("input_activations", "null");
    }
    require(weights, "type", "int");
    int bits = weights.integer("num_bits");
    if (bits < 1 || bits > Byte.SIZE) {
      throw weights.bad("num_bits", "1 to 8");
    }
    String strategy = weights.text("strategy", "nothing");
    int groupSize =
        switch (strategy) {
          case "group" -> weights.integer("group_size");
          case "channel" -> GridForm.PER_CHANNEL;
          default -> throw weights.bad("strategy", strategy, "group or channel");
        };
    return new QuantizationConfig(
        Format.COMPRESSED_TENSORS,
        bits,
        groupSize,
        weights.flag("symmetric", true),
        actOrder(weights));
  }

  private static boolean actOrder(ConfigNode weights) {
    if (weights.get("actorder").isBoolean()) {
      return weights.get("actorder").booleanValue();
    }
    return switch (weights.text("actorder", "null")) {
      case "group", "dynamic" -> true;
      // Columns were visited out of order, but their groups are in order.
      case "null", "weight", "static" -> false;
      default -> throw weights.bad("actorder", "group, weight or null");
    };
  }

  private static QuantizationConfig floating(ConfigNode weights) {
    require(weights, "type", "float");
    if (weights.integer("num_bits") != Byte.SIZE) {
      throw weights.bad("num_bits", "8");
    }
    String strategy = weights.text("strategy", "nothing");
    if (!strategy.equals("channel") && !strategy.equals("tensor")) {
      throw weights.bad("strategy", strategy, "channel or tensor");
    }
    return new QuantizationConfig(
        Format.FLOAT_QUANTIZED, Byte.SIZE, GridForm.PER_CHANNEL, true, false);
  }

  private static void require(ConfigNode weights, String key, String expected) {
    if (!weights.text(key, "nothing").equals(expected)) {
      throw weights.bad(key, expected);
    }
  }
}
