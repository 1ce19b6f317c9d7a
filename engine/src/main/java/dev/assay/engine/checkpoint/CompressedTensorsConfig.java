package dev.assay.engine.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.QuantizationConfig.Format;
import dev.assay.engine.linear.GridForm;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration of a compressed-tensors checkpoint. Only what concerns weights is looked
 * at; which linears are quantized, their tensors tell.
 */
final class CompressedTensorsConfig {
  static final String PACKED = "pack-quantized";
  private static final String FLOAT = "float-quantized";

  private final ConfigNode json;
  private final boolean packed;

  private CompressedTensorsConfig(ConfigNode json, boolean packed) {
    this.json = json;
    this.packed = packed;
  }

  static QuantizationConfig read(ConfigNode json) {
    String format = json.text("format", "nothing");
    if (!format.equals(PACKED) && !format.equals(FLOAT)) {
      throw json.bad("format", format, PACKED + " or " + FLOAT);
    }
    return new CompressedTensorsConfig(json, format.equals(PACKED)).config();
  }

  private QuantizationConfig config() {
    String sparsity = json.get("sparsity_config").path("format").asText("dense");
    if (!sparsity.equals("dense")) {
      throw json.bad("sparsity_config.format", sparsity, "dense");
    }
    ConfigNode groups = json.child("config_groups");
    @Nullable QuantizationConfig common = null;
    for (Map.Entry<String, JsonNode> group : groups.json().properties()) {
      QuantizationConfig config = group(groups.child(group.getKey()));
      if (common != null && !common.equals(config)) {
        throw groups.bad(group.getKey(), config.toString(), "the same as before: " + common);
      }
      common = config;
    }
    if (common == null) {
      throw json.bad("config_groups", "at least one group");
    }
    return common;
  }

  private QuantizationConfig group(ConfigNode group) {
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
    if (bits != 4 && bits != 8) {
      throw weights.bad("num_bits", "4 or 8");
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
