package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.ElementFormat;
import dev.assay.engine.weight.FloatInput;
import dev.assay.engine.weight.FloatRule;
import dev.assay.engine.weight.GroupedInput;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.IntegerRule;
import dev.assay.engine.weight.JointInput;
import dev.assay.engine.weight.MicroscaledInput;
import dev.assay.engine.weight.MicroscaledWeight;
import dev.assay.engine.weight.MicroscaledWeight.Rounding;
import dev.assay.engine.weight.Nvfp4Input;
import dev.assay.engine.weight.Nvfp4Weight;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.SharedExponent;
import dev.assay.engine.weight.StaticFloatInput;
import dev.assay.engine.weight.StaticInput;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * The arguments of {@code input_activations}, with compressed-tensors' defaults where keys are left
 * out.
 *
 * @param bits bits a code
 * @param floats whether codes are floats
 * @param symmetric whether 0 is the middle of the grid
 * @param fixed whether the scale stands in the checkpoint
 * @param strategy what shares a scale: {@code tensor}, {@code token}, {@code group} or {@code
 *     tensor_group}, which is NVFP4's: groups under scales of their own and all of those under one
 * @param groupSize features of a group
 * @param powers whether scales are powers of two, as those of MX are
 */
record ActivationArguments(
    int bits,
    boolean floats,
    boolean symmetric,
    boolean fixed,
    String strategy,
    int groupSize,
    boolean powers) {
  static final String KEY = "input_activations";

  /** Suffix of a fixed scale. */
  static final String SCALE = "input_scale";

  /** Suffix of a fixed zero, around 0. */
  static final String ZERO = "input_zero_point";

  /** Suffix of what NVFP4's scales are divided by. */
  static final String DIVISOR = "input_global_scale";

  private static final String STRATEGY = "strategy";
  static final String TENSOR = "tensor";
  static final String TOKEN = "token";
  static final String GROUP = "group";
  private static final String TENSOR_GROUP = "tensor_group";
  private static final String GROUP_SIZE = "group_size";
  private static final String BITS = "num_bits";
  private static final String SCALE_TYPE = "scale_dtype";

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
    boolean powers = floats && json.text(SCALE_TYPE, "").contains("uint8");
    ActivationArguments arguments =
        new ActivationArguments(
            bits, floats, json.flag("symmetric", true), fixed, strategy, groupSize, powers);
    arguments.requireKnown(json);
    return arguments;
  }

  private void requireKnown(ConfigNode json) {
    if (strategy.equals(TENSOR_GROUP)) {
      if (!floats || bits != ElementFormat.E2M1.bits() || groupSize != Nvfp4Weight.BLOCK) {
        throw json.bad(STRATEGY, strategy, "another one but for floats of 4 bits in groups of 16");
      }
      return;
    }
    if (powers) {
      boolean blocks = strategy.equals(GROUP) && groupSize == MicroscaledWeight.BLOCK && !fixed;
      if (!blocks || ElementFormat.published(bits).isEmpty()) {
        throw json.bad(SCALE_TYPE, "another one but for floats of 4, 6 or 8 bits in groups of 32");
      }
      return;
    }
    if (floats && bits != Byte.SIZE) {
      throw json.bad(BITS, "8, or 4 in groups of 16 or 32");
    }
    boolean known =
        strategy.equals(TENSOR)
            || !fixed && (strategy.equals(TOKEN) || strategy.equals(GROUP) && groupSize > 0);
    if (!known) {
      throw json.bad(
          STRATEGY, strategy, fixed ? TENSOR : "tensor, token, or group with a group_size");
    }
  }

  InputScheme scheme(PackedTensors tensors) {
    return scheme(suffix -> number(tensors, suffix));
  }

  /**
   * The scheme.
   *
   * @param numbers those that stand in the checkpoint, by what follows the linear's name
   */
  private InputScheme scheme(ToDoubleFunction<String> numbers) {
    if (strategy.equals(TENSOR_GROUP)) {
      return new Nvfp4Input(numbers.applyAsDouble(DIVISOR));
    }
    if (powers) {
      ElementFormat element = ElementFormat.published(bits).orElseThrow();
      return new MicroscaledInput(
          new Rounding(element, SharedExponent.EVEN, element.keptBits(), false));
    }
    if (fixed) {
      return floats
          ? new StaticFloatInput(DType.FLOAT8_E4M3, numbers.applyAsDouble(SCALE))
          : new StaticInput(bits, numbers.applyAsDouble(SCALE), zero(numbers), true);
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

  /**
   * The arguments that come nearest to a scheme: of the same grid, by whatever rule its scale is
   * found. Nothing where compressed-tensors has none.
   */
  static Optional<ActivationArguments> of(InputScheme scheme) {
    if (scheme instanceof PerTokenInput token && token.bits() <= Byte.SIZE) {
      return Optional.of(integers(token.bits(), token.symmetric(), false, TOKEN, 0));
    }
    if (scheme instanceof FloatInput token && token.type() == DType.FLOAT8_E4M3) {
      return Optional.of(floats(false, TOKEN, 0));
    }
    if (scheme instanceof GroupedInput groups) {
      return of(groups.each()).map(each -> each.by(GROUP, groups.groupSize()));
    }
    if (scheme instanceof JointInput joint) {
      return of(joint.whole()).map(each -> each.by(TENSOR, 0));
    }
    if (scheme instanceof StaticInput grid && grid.bits() <= Byte.SIZE) {
      int middle = 1 << (grid.bits() - 1);
      boolean held = grid.zero() >= 0 && grid.zero() < 2 * middle;
      return held
          ? Optional.of(integers(grid.bits(), grid.zero() == middle, true, TENSOR, 0))
          : Optional.empty();
    }
    if (scheme instanceof StaticFloatInput fixed && fixed.type() == DType.FLOAT8_E4M3) {
      return Optional.of(floats(true, TENSOR, 0));
    }
    if (scheme instanceof Nvfp4Input) {
      return Optional.of(nvfp4());
    }
    if (scheme instanceof MicroscaledInput blocks && blocks.rounding().element().isPublished()) {
      return Optional.of(microscaled(blocks.rounding().element().bits()));
    }
    return Optional.empty();
  }

  /**
   * Whether who reads the arguments of a scheme computes just that: finds scales by the same rule.
   */
  static boolean say(InputScheme scheme) {
    Optional<ActivationArguments> arguments = of(scheme);
    return arguments.isPresent()
        && arguments.get().scheme(suffix -> stored(scheme, suffix)).equals(scheme);
  }

  /** A number of {@link #tensors}, as its type holds it. */
  private static double stored(InputScheme scheme, String suffix) {
    if (scheme instanceof StaticInput grid) {
      return suffix.equals(ZERO) ? grid.zero() - (1 << (grid.bits() - 1)) : (float) grid.scale();
    }
    return scheme instanceof StaticFloatInput fixed
        ? (float) fixed.scale()
        : (float) ((Nvfp4Input) scheme).divisor();
  }

  /** MX's floats of so many bits, as they come. */
  static ActivationArguments microscaled(int bits) {
    return new ActivationArguments(bits, true, true, false, GROUP, MicroscaledWeight.BLOCK, true);
  }

  /** NVFP4's, under a number from calibration. */
  static ActivationArguments nvfp4() {
    int bits = ElementFormat.E2M1.bits();
    return new ActivationArguments(bits, true, true, false, TENSOR_GROUP, Nvfp4Weight.BLOCK, false);
  }

  /** Integers of a grid around 0, or of any. */
  static ActivationArguments integers(
      int bits, boolean symmetric, boolean fixed, String strategy, int groupSize) {
    return new ActivationArguments(bits, false, symmetric, fixed, strategy, groupSize, false);
  }

  /** Floats of 8 bits. */
  static ActivationArguments floats(boolean fixed, String strategy, int groupSize) {
    return new ActivationArguments(Byte.SIZE, true, true, fixed, strategy, groupSize, false);
  }

  private ActivationArguments by(String other, int size) {
    return new ActivationArguments(bits, floats, symmetric, fixed, other, size, powers);
  }

  /** The object. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(BITS, bits).put("type", floats ? "float" : "int").put("symmetric", symmetric);
    json.put(STRATEGY, strategy);
    if (groupSize > 0) {
      json.put(GROUP_SIZE, groupSize);
    } else {
      json.putNull(GROUP_SIZE);
    }
    if (powers) {
      json.put(SCALE_TYPE, "torch.uint8");
    } else if (strategy.equals(TENSOR_GROUP)) {
      json.put(SCALE_TYPE, "torch.float8_e4m3fn");
    }
    return strategy.equals(TENSOR_GROUP)
        ? json.put("dynamic", "local")
        : json.put("dynamic", !fixed);
  }

  /** The numbers of a scheme that stand in the checkpoint, by what follows the linear's name. */
  static SortedMap<String, NDArray> tensors(NDManager owner, InputScheme scheme) {
    SortedMap<String, NDArray> tensors = new TreeMap<>();
    if (scheme instanceof StaticInput grid) {
      int middle = 1 << (grid.bits() - 1);
      tensors.put(SCALE, owner.create(new float[] {(float) grid.scale()}));
      if (grid.zero() != middle) {
        tensors.put(ZERO, owner.create(new byte[] {(byte) (grid.zero() - middle)}));
      }
    } else if (scheme instanceof StaticFloatInput fixed) {
      tensors.put(SCALE, owner.create(new float[] {(float) fixed.scale()}));
    } else if (scheme instanceof Nvfp4Input blocks) {
      tensors.put(DIVISOR, owner.create(new float[] {(float) blocks.divisor()}));
    }
    return tensors;
  }

  /** Stored around 0, where codes are counted from the lowest. */
  private int zero(ToDoubleFunction<String> numbers) {
    int middle = 1 << (bits - 1);
    return symmetric ? middle : middle + (int) numbers.applyAsDouble(ZERO);
  }

  private static double number(PackedTensors tensors, String suffix) {
    return SmallTensor.number(tensors.checkpoint().info(tensors.prefix() + "." + suffix));
  }
}
