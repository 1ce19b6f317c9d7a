package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.weight.GridForm;
import java.util.List;

/**
 * Reads what a group of compressed-tensors' configuration says of its weights. The group's own
 * format goes before that of all. Options that are left out have the defaults of its code.
 */
final class CompressedTensorsGroup {
  private static final String FORMAT = "format";
  private static final String STRATEGY = "strategy";
  private static final String GROUP_SIZE = "group_size";
  private static final String BLOCK = "block_structure";

  /** A value a byte in either type. */
  private static final String NAIVE = "naive-quantized";

  private static final List<String> KNOWN =
      List.of(
          CompressedTensorsConfig.PACKED,
          CompressedTensorsConfig.INTEGERS,
          CompressedTensorsConfig.FLOAT,
          NAIVE,
          "mxfp4-pack-quantized",
          "mxfp6-pack-quantized",
          "mxfp8-quantized",
          "nvfp4-pack-quantized");

  private CompressedTensorsGroup() {}

  static void requireKnown(ConfigNode json, String key, String format) {
    if (!KNOWN.contains(format)) {
      throw json.bad(
          key, format, String.join(", ", KNOWN) + " or " + CompressedTensorsConfig.MIXED);
    }
  }

  /**
   * What it says.
   *
   * @param general the format of all
   */
  static QuantizationConfig read(ConfigNode group, String general) {
    String format = group.isAbsent(FORMAT) ? general : group.text(FORMAT, general);
    requireKnown(group, FORMAT, format);
    ConfigNode weights = group.child("weights");
    return switch (format) {
      case CompressedTensorsConfig.PACKED -> integers(weights, Format.COMPRESSED_TENSORS);
      case CompressedTensorsConfig.INTEGERS -> integers(weights, Format.INT_QUANTIZED);
      case CompressedTensorsConfig.FLOAT -> floats(weights);
      case NAIVE ->
          weights.text("type", "int").equals("float")
              ? floats(weights)
              : integers(weights, Format.INT_QUANTIZED);
      default -> blocks(weights);
    };
  }

  private static QuantizationConfig integers(ConfigNode weights, Format format) {
    require(weights, "int");
    int bits = weights.isAbsent("num_bits") ? Byte.SIZE : weights.integer("num_bits");
    if (bits < 1 || bits > Byte.SIZE) {
      throw weights.bad("num_bits", "1 to 8");
    }
    String strategy = strategy(weights);
    int groupSize =
        switch (strategy) {
          case "group" -> weights.integer(GROUP_SIZE);
          case "channel", "tensor" -> GridForm.PER_CHANNEL;
          default -> throw weights.bad(STRATEGY, strategy, "group, channel or tensor");
        };
    return new QuantizationConfig(
        format, bits, groupSize, weights.flag("symmetric", true), actOrder(weights));
  }

  private static String strategy(ConfigNode weights) {
    if (!weights.isAbsent(STRATEGY)) {
      return weights.text(STRATEGY, "");
    }
    if (weights.isAbsent(GROUP_SIZE)) {
      return "tensor";
    }
    return weights.integer(GROUP_SIZE) > 0 ? "group" : "channel";
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

  private static QuantizationConfig floats(ConfigNode weights) {
    requireBits(weights, Byte.SIZE);
    String strategy = strategy(weights);
    return switch (strategy) {
      case "channel", "tensor" -> floats(GridForm.PER_CHANNEL, 1);
      case "group" -> floats(weights.integer(GROUP_SIZE), 1);
      case "block" -> floats(block(weights, 1), block(weights, 0));
      default -> throw weights.bad(STRATEGY, strategy, "channel, tensor, group or block");
    };
  }

  private static QuantizationConfig floats(int columns, int rows) {
    return new QuantizationConfig(Format.FLOAT_QUANTIZED, Byte.SIZE, columns, true, false, rows);
  }

  private static int block(ConfigNode weights, int at) {
    JsonNode shape = weights.get(BLOCK);
    int size = shape.size() == 2 ? shape.path(at).asInt() : 0;
    if (size < 1) {
      throw weights.bad(BLOCK, "two whole numbers from 1 up");
    }
    return size;
  }

  /** Blocks of few columns under scales of few bits, which the tensors tell apart. */
  private static QuantizationConfig blocks(ConfigNode weights) {
    require(weights, "float");
    return new QuantizationConfig(
        Format.MICROSCALED, weights.integer("num_bits"), weights.integer(GROUP_SIZE), true, false);
  }

  private static void requireBits(ConfigNode weights, int bits) {
    require(weights, "float");
    if (!weights.isAbsent("num_bits") && weights.integer("num_bits") != bits) {
      throw weights.bad("num_bits", String.valueOf(bits));
    }
  }

  private static void require(ConfigNode weights, String type) {
    if (!weights.text("type", "int").equals(type)) {
      throw weights.bad("type", type);
    }
  }
}
