package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import java.util.List;

/**
 * What is done to the input of a linear before it multiplies. A model that was compressed with one
 * computes with it wherever it runs, the float32 reference included. Where no kernel multiplies
 * codes, rounding is computed in the activations' type, and so is the product: right in its values,
 * and no measure of the speed of a product of codes.
 */
public sealed interface InputScheme {
  /** Name in configurations. */
  String name();

  /** Whether values are rounded to codes. */
  boolean rounds();

  /** Whether features are mixed. */
  default boolean turns() {
    return false;
  }

  /** What is done, in words. */
  String words();

  /**
   * Makes sure that it can treat inputs of a width.
   *
   * @throws IllegalArgumentException if not
   */
  default void requireFits(long width) {}

  /** The scheme as an object of configurations. */
  default ObjectNode json() {
    return JsonNodeFactory.instance.objectNode().put("scheme", name());
  }

  /**
   * The {@code input.Input} that does it.
   *
   * @param owner manager of its tensors
   */
  ModuleNode module(NDManager owner, KernelRuntime runtime);

  /**
   * The scheme of an object of configurations.
   *
   * @throws IllegalArgumentException if there is none such; the message names the key
   */
  static InputScheme of(JsonNode json) {
    SchemeKeys keys = new SchemeKeys(json);
    String name = keys.text("scheme");
    InputScheme scheme =
        switch (name) {
          case "none" -> new None();
          case "per-token" -> new PerToken(keys.integer("bits"), keys.flag("symmetric"));
          case "static" ->
              new Static(keys.integer("bits"), keys.number("scale"), keys.integer("zero"));
          case "rotated" ->
              new Rotated(keys.integer("blockSize"), keys.read("then", InputScheme::of));
          case "split-outliers" ->
              new SplitOutliers(keys.integers("columns"), keys.read("others", InputScheme::of));
          default ->
              throw new IllegalArgumentException(
                  "scheme: found '"
                      + name
                      + "', expected one of [none, per-token, static, rotated, split-outliers]");
        };
    keys.requireNoOthers();
    return scheme;
  }

  /** A module of a class in {@code input.py}. */
  private static ModuleNode module(String name) {
    return new ModuleNode(ScriptClass.of(InputScheme.class, "input." + name));
  }

  private static void requireBits(int bits) {
    int most = 16;
    if (bits < 2 || bits > most) {
      throw new IllegalArgumentException("bits: found " + bits + ", expected 2 to " + most);
    }
  }

  /** The input as it comes. */
  record None() implements InputScheme {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public boolean rounds() {
      return false;
    }

    @Override
    public String words() {
      return "as it comes";
    }

    @Override
    public ModuleNode module(NDManager owner, KernelRuntime runtime) {
      return InputScheme.module("PlainInput");
    }
  }

  /**
   * Rounded to codes on a uniform grid of its own for each token, from the token's least to its
   * greatest value; if symmetric, of the greatest magnitude on both sides of 0.
   *
   * @param bits bits a code
   * @param symmetric whether 0 is the middle of the grid
   * @see <a href="https://arxiv.org/abs/2206.01861">Yao et al. 2022, ZeroQuant</a>
   */
  record PerToken(int bits, boolean symmetric) implements InputScheme {
    public PerToken {
      requireBits(bits);
    }

    @Override
    public String name() {
      return "per-token";
    }

    @Override
    public boolean rounds() {
      return true;
    }

    @Override
    public String words() {
      return "rounded to " + bits + " bits by token";
    }

    @Override
    public ObjectNode json() {
      return InputScheme.super.json().put("bits", bits).put("symmetric", symmetric);
    }

    @Override
    public ModuleNode module(NDManager owner, KernelRuntime runtime) {
      return symmetric
          ? InputScheme.module("SymmetricInput").with("top", (1 << (bits - 1)) - 1.0)
          : InputScheme.module("AsymmetricInput").with("top", (1 << bits) - 1.0);
    }
  }

  /**
   * Rounded to codes on one grid that calibration has found: value = scale · (code − zero), codes
   * from 0 to 2^bits − 1.
   *
   * @param bits bits a code
   * @param scale distance of the grid's points
   * @param zero the code of the value 0
   * @see <a href="https://arxiv.org/abs/2211.10438">Xiao et al. 2022, SmoothQuant</a>
   */
  record Static(int bits, double scale, int zero) implements InputScheme {
    public Static {
      requireBits(bits);
      if (!(scale > 0) || Double.isInfinite(scale)) {
        throw new IllegalArgumentException("scale: found " + scale + ", expected above 0");
      }
      if (zero < 0 || zero >= 1 << bits) {
        throw new IllegalArgumentException(
            "zero: found " + zero + ", expected 0 to " + ((1 << bits) - 1));
      }
    }

    @Override
    public String name() {
      return "static";
    }

    @Override
    public boolean rounds() {
      return true;
    }

    @Override
    public String words() {
      return "rounded to " + bits + " bits";
    }

    @Override
    public ObjectNode json() {
      return InputScheme.super.json().put("bits", bits).put("scale", scale).put("zero", zero);
    }

    @Override
    public ModuleNode module(NDManager owner, KernelRuntime runtime) {
      return InputScheme.module("StaticInput")
          .with("scale", scale)
          .with("zero", (double) zero)
          .with("top", (1 << bits) - 1.0);
    }
  }

  /**
   * Multiplied by an orthonormal Hadamard matrix in blocks of features, with a weight that was
   * multiplied by the same; then treated further.
   *
   * @param blockSize features of a block, a power of two that divides the width
   * @param then what is done to the rotated input
   * @see <a href="https://arxiv.org/abs/2404.00456">Ashkboos et al. 2024, QuaRot</a>
   */
  record Rotated(int blockSize, InputScheme then) implements InputScheme {
    private static final int MOST = 1 << 14;

    public Rotated {
      if (blockSize < 2 || blockSize > MOST || Integer.bitCount(blockSize) != 1) {
        throw new IllegalArgumentException(
            "blockSize: found " + blockSize + ", expected a power of two from 2 to " + MOST);
      }
    }

    @Override
    public String name() {
      return "rotated";
    }

    @Override
    public boolean rounds() {
      return then.rounds();
    }

    @Override
    public boolean turns() {
      return true;
    }

    @Override
    public void requireFits(long width) {
      if (width % blockSize != 0) {
        throw new IllegalArgumentException(
            "blockSize: found "
                + blockSize
                + ", expected a divisor of the input's width, "
                + width);
      }
      try {
        then.requireFits(width);
      } catch (IllegalArgumentException e) {
        throw SchemeKeys.within("then", e);
      }
    }

    @Override
    public String words() {
      return "rotated in blocks of " + blockSize + ", " + then.words();
    }

    @Override
    public ObjectNode json() {
      ObjectNode json = InputScheme.super.json().put("blockSize", blockSize);
      json.set("then", then.json());
      return json;
    }

    @Override
    public ModuleNode module(NDManager owner, KernelRuntime runtime) {
      return InputScheme.module("RotatedInput")
          .with("block", blockSize)
          .with("then", then.module(owner, runtime));
    }
  }

  /**
   * Some features as they come, the others treated.
   *
   * @param columns the features that are left alone, in order
   * @param others what is done to the others
   * @see <a href="https://arxiv.org/abs/2208.07339">Dettmers et al. 2022, LLM.int8()</a>
   */
  record SplitOutliers(List<Integer> columns, InputScheme others) implements InputScheme {
    public SplitOutliers {
      columns = List.copyOf(columns);
      if (others.turns()) {
        throw new IllegalArgumentException(
            "others: found "
                + others.words()
                + ", expected no rotation of features that others are"
                + " put back among");
      }
      for (int i = 0; i < columns.size(); i++) {
        int least = i == 0 ? 0 : columns.get(i - 1) + 1;
        if (columns.get(i) < least) {
          throw new IllegalArgumentException(
              "columns: found " + columns.get(i) + ", expected " + least + " or more");
        }
      }
    }

    @Override
    public String name() {
      return "split-outliers";
    }

    @Override
    public boolean rounds() {
      return others.rounds();
    }

    @Override
    public void requireFits(long width) {
      if (!columns.isEmpty() && columns.get(columns.size() - 1) >= width) {
        throw new IllegalArgumentException(
            "columns: found " + columns.get(columns.size() - 1) + ", expected 0 to " + (width - 1));
      }
      try {
        others.requireFits(width);
      } catch (IllegalArgumentException e) {
        throw SchemeKeys.within("others", e);
      }
    }

    @Override
    public String words() {
      return columns.size() + " features apart, others " + others.words();
    }

    @Override
    public ObjectNode json() {
      ObjectNode json = InputScheme.super.json();
      ArrayNode indices = json.putArray("columns");
      columns.forEach(indices::add);
      json.set("others", others.json());
      return json;
    }

    @Override
    public ModuleNode module(NDManager owner, KernelRuntime runtime) {
      try (NDManager scope = owner.newSubManager()) {
        long[] values = columns.stream().mapToLong(Integer::longValue).toArray();
        return InputScheme.module("SplitInput")
            .with("columns", runtime.torch().tensors().copy(owner, scope.create(values)))
            .with("others", others.module(owner, runtime));
      }
    }
  }
}
