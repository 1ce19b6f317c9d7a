package dev.assay.engine.checkpoint.packed;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;

/** The presets of compressed-tensors, which a group's name may be in the place of its options. */
final class CompressedTensorsPresets {
  private static final int GROUP = 128;

  private CompressedTensorsPresets() {}

  /** The group that a preset over a list of targets stands for. */
  static ConfigNode group(ConfigNode groups, String name) {
    ObjectNode group = JsonNodeFactory.instance.objectNode();
    group.set("targets", groups.get(name).deepCopy());
    group.set("weights", weights(groups, name));
    activations(name).ifPresent(arguments -> group.set(ActivationArguments.KEY, arguments.json()));
    return new ConfigNode(groups.where() + name + ".", group);
  }

  private static ObjectNode weights(ConfigNode groups, String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "W8A16", "W8A8", "INT8" -> integers(8, "channel");
      case "W4A16", "W4A8" -> integers(4, "group").put("group_size", GROUP);
      case "W4A16_ASYM" -> integers(4, "group").put("group_size", GROUP).put("symmetric", false);
      case "FP8" -> floats(8, "tensor");
      case "FP8_DYNAMIC" -> floats(8, "channel");
      case "FP8_BLOCK" -> {
        ObjectNode blocks = floats(8, "block");
        blocks.putArray("block_structure").add(GROUP).add(GROUP);
        yield blocks;
      }
      case "MXFP4", "MXFP4A16" -> floats(4, "group").put("group_size", 32);
      case "MXFP6A16" -> floats(6, "group").put("group_size", 32);
      case "MXFP8", "MXFP8A16" -> floats(8, "group").put("group_size", 32);
      case "NVFP4", "NVFP4A16" -> floats(4, "tensor_group").put("group_size", 16);
      default -> throw groups.bad(name, "a group of modules, or the name of a preset");
    };
  }

  private static Optional<ActivationArguments> activations(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "W8A8", "INT8", "W4A8" ->
          Optional.of(
              ActivationArguments.integers(Byte.SIZE, true, false, ActivationArguments.TOKEN, 0));
      case "FP8" -> Optional.of(ActivationArguments.floats(true, ActivationArguments.TENSOR, 0));
      case "FP8_DYNAMIC" ->
          Optional.of(ActivationArguments.floats(false, ActivationArguments.TOKEN, 0));
      case "FP8_BLOCK" ->
          Optional.of(ActivationArguments.floats(false, ActivationArguments.GROUP, GROUP));
      case "MXFP4" -> Optional.of(ActivationArguments.microscaled(4));
      case "MXFP8" -> Optional.of(ActivationArguments.microscaled(Byte.SIZE));
      case "NVFP4" -> Optional.of(ActivationArguments.nvfp4());
      default -> Optional.empty();
    };
  }

  private static ObjectNode integers(int bits, String strategy) {
    return arguments(bits, "int", strategy);
  }

  private static ObjectNode floats(int bits, String strategy) {
    return arguments(bits, "float", strategy);
  }

  private static ObjectNode arguments(int bits, String type, String strategy) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("num_bits", bits)
        .put("type", type)
        .put("strategy", strategy);
  }
}
