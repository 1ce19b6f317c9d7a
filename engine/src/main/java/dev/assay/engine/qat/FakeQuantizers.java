package dev.assay.engine.qat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.weight.GridForm;

/**
 * Modules that round values and let gradients pass as published, each a {@code
 * fake_quant.FakeQuantizer}; those of weights that can be stored are a {@code
 * fake_quant.GridQuantizer} too. Tensors that they are given are learned.
 *
 * <p>{@code half}: whether scales have the values that float16 holds, as they will be stored.
 */
public final class FakeQuantizers {
  private FakeQuantizers() {}

  private static ModuleNode module(String name) {
    return new ModuleNode(ScriptClass.of(FakeQuantizers.class, name));
  }

  static long size(int groupSize) {
    return groupSize == GridForm.PER_CHANNEL ? 0 : groupSize;
  }

  /** Values as they are. */
  public static ModuleNode untouched() {
    return module("fake_quant.Untouched");
  }

  /** Weights in steps of a group's greatest magnitude over 2^(bits − 1) − 1. */
  public static ModuleNode symmetric(int bits, int groupSize, boolean half) {
    return module("straight_grid.SymmetricGrid")
        .with("bits", bits)
        .with("size", size(groupSize))
        .with("half", half);
  }

  /** Weights on a grid over the range of a group and 0. */
  public static ModuleNode range(int bits, int groupSize, boolean half) {
    return module("straight_grid.RangeGrid")
        .with("bits", bits)
        .with("size", size(groupSize))
        .with("half", half);
  }

  /**
   * Codes that a learned step has.
   *
   * @param low codes below 0
   * @param high codes above 0
   * @param factor of the step's gradient, 1 / √(elements · high)
   * @param byCode whether the rounded code tells what lies within the bounds
   * @param middle what codes are stored above
   */
  public record StepPlan(
      int low, int high, double factor, boolean byCode, int groupSize, boolean half, int middle) {
    /** Signed codes of so many bits, of so many elements that share a step. */
    public static StepPlan signed(int bits, long elements, int groupSize, boolean half) {
      int high = (1 << (bits - 1)) - 1;
      return new StepPlan(
          high + 1,
          high,
          1 / Math.sqrt((double) elements * high),
          false,
          groupSize,
          half,
          high + 1);
    }
  }

  /**
   * A step that is learned.
   *
   * @param step float32 [rows, groups], or one of all
   * @see <a href="https://arxiv.org/abs/1902.08153">Esser et al. 2020, LSQ</a>
   */
  public static ModuleNode learnedStep(NDArray step, StepPlan plan) {
    return module("learned_step.LearnedStep")
        .with("step", step)
        .with("low", (double) plan.low())
        .with("high", (double) plan.high())
        .with("factor", plan.factor())
        .with("by_code", plan.byCode())
        .with("size", size(plan.groupSize()))
        .with("half", plan.half())
        .with("middle", (double) plan.middle());
  }

  /**
   * A step and an offset of activations that are learned.
   *
   * @param step float32 [1]
   * @param offset float32 [1]
   * @see <a href="https://arxiv.org/abs/2004.09576">Bhalgat et al. 2020, LSQ+</a>
   */
  public static ModuleNode learnedStepAndOffset(
      NDArray step, NDArray offset, int low, int high, double factor) {
    return module("learned_step.LearnedStepAndOffset")
        .with("step", step)
        .with("offset", offset)
        .with("low", (double) low)
        .with("high", (double) high)
        .with("factor", factor);
  }

  /**
   * Scales and zeros of groups that are learned.
   *
   * @param scale float32 [rows, groups]
   * @param zero float32 of the same shape
   * @see <a href="https://arxiv.org/abs/2407.11062">Chen et al. 2024, EfficientQAT</a>
   */
  public static ModuleNode learnedGrid(
      NDArray scale, NDArray zero, int bits, int groupSize, boolean half) {
    return module("learned_grid.LearnedGrid")
        .with("scale", scale)
        .with("zero", zero)
        .with("bits", bits)
        .with("size", size(groupSize))
        .with("half", half);
  }

  /**
   * Codes that stay under scales that are learned, as in the second phase of EfficientQAT.
   *
   * @param codes uint8 [out, in]
   * @param scale float32 [out, groups]
   * @param zero float32 of the same shape, which stays
   * @param groups int64 [in], the group of each column
   */
  public static ModuleNode fixedCodes(
      NDArray codes, NDArray scale, NDArray zero, NDArray groups, boolean half) {
    return module("learned_grid.FixedCodes")
        .with("fixed", codes)
        .with("scale", scale)
        .with("zero", zero)
        .with("groups", groups)
        .with("half", half);
  }

  /**
   * The mean magnitude of a weight, its negative, and 0.
   *
   * @see <a href="https://arxiv.org/abs/2402.17764">Ma et al. 2024, BitNet b1.58</a>
   */
  public static ModuleNode ternary(boolean half) {
    return module("few_codes.Ternary").with("half", half);
  }

  /**
   * The sign of what is left of a weight without its mean, times its mean magnitude.
   *
   * @see <a href="https://arxiv.org/abs/2310.11453">Wang et al. 2023, BitNet</a>
   */
  public static ModuleNode binary(boolean half) {
    return module("few_codes.Binary").with("half", half);
  }

  /**
   * Signs alone.
   *
   * @see <a href="https://arxiv.org/abs/1602.02830">Courbariaux et al. 2016, BinaryNet</a>
   */
  public static ModuleNode signs() {
    return module("few_codes.Signs");
  }

  /**
   * BitNet's activations, there of 8 bits: a scale a token, as {@link
   * dev.assay.engine.weight.IntegerRule#BITNET} has them.
   */
  public static ModuleNode tokenCodes(int bits) {
    return module("few_codes.TokenCodes").with("bits", bits);
  }

  /**
   * Activations between 0 and a bound that is learned.
   *
   * @param bound float32 [1]
   * @see <a href="https://arxiv.org/abs/1805.06085">Choi et al. 2018, PACT</a>
   */
  public static ModuleNode learnedBound(NDArray bound, int bits) {
    return module("clipped.LearnedBound").with("bound", bound).with("bits", bits);
  }

  /**
   * Weights through a hyperbolic tangent.
   *
   * @param scaled whether to the greatest of them, with the gradient of the tangent, and not from
   *     −1 to 1, with the gradient unchanged
   * @see <a href="https://arxiv.org/abs/1606.06160">Zhou et al. 2016, DoReFa-Net</a>
   */
  public static ModuleNode tanh(int bits, boolean scaled) {
    return bits == 1
        ? module("clipped.MeanSigns")
        : module("clipped.Tanh").with("bits", bits).with("scaled", scaled);
  }

  /** DoReFa's activations, between 0 and 1. */
  public static ModuleNode unitRange(int bits) {
    return module("clipped.UnitRange").with("bits", bits);
  }

  /**
   * LLM-QAT's values around 0: gradients pass strictly between −2 and 2 alone.
   *
   * @param whole whether one range is taken of all, not one of the last axis; with four axes, of
   *     the last two
   * @see <a href="https://arxiv.org/abs/2305.17888">Liu et al. 2023, LLM-QAT</a>
   */
  public static ModuleNode llmQatSymmetric(int bits, boolean whole) {
    return module("llm_qat.Symmetric").with("bits", bits).with("whole", whole);
  }

  /** The same over the range of what they are. */
  public static ModuleNode llmQatAsymmetric(int bits, boolean whole) {
    return module("llm_qat.Asymmetric").with("bits", bits).with("whole", whole);
  }

  /**
   * LLM-QAT's weights, which can be stored: of 1 bit, of 2 and of more, each in a way of its own.
   */
  public static ModuleNode llmQatWeight(int bits, int groupSize, boolean half) {
    ModuleNode module =
        switch (bits) {
          case 1 -> module("llm_qat.TwoLevels");
          case 2 -> module("llm_qat.FourLevels");
          default -> module("llm_qat.Rows").with("bits", bits);
        };
    return module.with("size", size(groupSize)).with("half", half);
  }

  /**
   * A {@code linear.Linear} whose weight and input are rounded.
   *
   * @param weight float32 [out, in]
   */
  public static ModuleNode linear(NDArray weight, ModuleNode quantizer, ModuleNode input) {
    return module("qat_linear.QatLinear")
        .with("weight", weight)
        .with("quantizer", quantizer)
        .with("input", input);
  }

  /** What tells what is to be stored of a weight. */
  static ModuleNode storing(ModuleNode quantizer) {
    return module("qat_linear.Storing").with("quantizer", quantizer);
  }
}
