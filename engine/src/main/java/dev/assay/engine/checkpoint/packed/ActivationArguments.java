package dev.assay.engine.checkpoint.packed;

import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.FloatInput;
import dev.assay.engine.weight.FloatRule;
import dev.assay.engine.weight.GroupedInput;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.IntegerRule;
import dev.assay.engine.weight.JointInput;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.StaticFloatInput;
import dev.assay.engine.weight.StaticInput;
import java.util.function.Function;

/**
 * The arguments of {@code input_activations}, with compressed-tensors' defaults where keys are left
 * out.
 *
 * @param bits bits a code
 * @param floats whether codes are floats
 * @param symmetric whether 0 is the middle of the grid
 * @param fixed whether the scale stands in the checkpoint
 * @param strategy what shares a scale: {@code tensor}, {@code token} or {@code group}
 * @param groupSize features of a group
 */
record ActivationArguments(
    int bits, boolean floats, boolean symmetric, boolean fixed, String strategy, int groupSize) {
  static final String KEY = "input_activations";
  private static final String STRATEGY = "strategy";
  private static final String TENSOR = "tensor";
  private static final String GROUP = "group";
  private static final String GROUP_SIZE = "group_size";
  private static final String BITS = "num_bits";

  /** Whether it means floats of 4 bits, or blocks under powers of two, whose inputs are not run. */
  static boolean isSmaller(ConfigNode json) {
    boolean floats = json.text("type", "int").equals("float");
    return floats
        && (!json.isAbsent(BITS) && json.get(BITS).asInt() != Byte.SIZE
            || json.text("scale_dtype", "").contains("uint8"));
  }

  static ActivationArguments read(ConfigNode json) {
    int bits = json.isAbsent(BITS) ? Byte.SIZE : json.integer(BITS);
    boolean floats = json.text("type", "int").equals("float");
    if (bits < 2 || bits > Byte.SIZE) {
      throw json.bad(BITS, "2 to 8");
    }
    int groupSize = json.isAbsent(GROUP_SIZE) ? 0 : json.integer(GROUP_SIZE);
    String strategy =
        json.isAbsent(STRATEGY) ? groupSize > 0 ? GROUP : TENSOR : json.text(STRATEGY, "");
    boolean fixed = json.get("dynamic").asText("false").equals("false");
    boolean known =
        strategy.equals(TENSOR)
            || !fixed && (strategy.equals("token") || strategy.equals(GROUP) && groupSize > 0);
    if (!known) {
      throw json.bad(
          STRATEGY, strategy, fixed ? TENSOR : "tensor, token, or group with a group_size");
    }
    return new ActivationArguments(
        bits, floats, json.flag("symmetric", true), fixed, strategy, groupSize);
  }

  InputScheme scheme(PackedTensors tensors) {
    if (fixed) {
      return floats
          ? new StaticFloatInput(DType.FLOAT8_E4M3, scale(tensors))
          : new StaticInput(bits, scale(tensors), zero(tensors), true);
    }
    InputScheme token =
        floats
            ? new FloatInput(DType.FLOAT8_E4M3, FloatRule.COMPRESSED_TENSORS)
            : new PerTokenInput(bits, symmetric, IntegerRule.COMPRESSED_TENSORS);
    return switch (strategy) {
      case TENSOR -> new JointInput(token);
      case GROUP -> new GroupedInput(groupSize, token);
      default -> token;
    };
  }

  private static double scale(PackedTensors tensors) {
    return number(tensors, "input_scale", SmallTensor::number);
  }

  /** Stored around 0, where codes are counted from the lowest. */
  private int zero(PackedTensors tensors) {
    int middle = 1 << (bits - 1);
    return symmetric
        ? middle
        : middle + (int) number(tensors, "input_zero_point", SmallTensor::number);
  }

  private static double number(
      PackedTensors tensors, String suffix, Function<TensorInfo, Double> reader) {
    return reader.apply(tensors.checkpoint().info(tensors.prefix() + "." + suffix));
  }
}
