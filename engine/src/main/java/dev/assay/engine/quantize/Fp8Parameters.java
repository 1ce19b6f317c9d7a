package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.EnumName;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.ScaleBlocks;
import dev.assay.engine.weight.ScaledWeight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weights as floats of 8 bits.
 *
 * @param format how the bits are shared
 * @param share what shares a scale
 * @param activations what shares a scale of the inputs, if they are rounded
 * @param groupSize features of an input that share a scale
 * @param blockShape rows and columns of a block, those at the edges smaller; null for 128 of each
 * @param layout how blocks are published
 * @param scales the type of the scales of blocks
 * @see <a href="https://arxiv.org/abs/2209.05433">Micikevicius et al. 2022, FP8 formats</a>
 */
public record Fp8Parameters(
    @Default("e4m3") @Describe("4 bits of exponent and 3 of mantissa, or 5 and 2") Format format,
    @Default("channel") @Describe("what shares a scale: a row, all of a weight, or a block")
        Share share,
    @Default("none")
        @Describe(
            "what shares a scale of the inputs, which are E4M3 too: a token or a group of its"
                + " features as it comes, or all of them from calibration")
        Activations activations,
    @Default("128") @Describe("features that share a scale with activations: group") int groupSize,
    @Describe("rows and columns of a block; where nobody says, 128 of each")
        @Nullable List<Integer> blockShape,
    @Default("compressed-tensors") @Describe("how blocks are published") Layout layout,
    @Default("float32") @Describe("the type of the scales of blocks") Scales scales)
    implements Stage {
  /** Rows and columns of a block as DeepSeek has them. */
  private static final int USUAL = 128;

  /** How the bits are shared. */
  public enum Format {
    /** To 448, without infinities. */
    E4M3,
    /** To 57344. */
    E5M2
  }

  /** What shares a scale. */
  public enum Share {
    /** A row. */
    CHANNEL,
    /** All of it. */
    TENSOR,
    /** A block of rows and columns. */
    BLOCK
  }

  /** How blocks are published. */
  public enum Layout {
    /** As compressed-tensors has them. */
    COMPRESSED_TENSORS,
    /** {@code weight_scale_inv}, as DeepSeek and transformers have them; whole blocks only. */
    SCALE_INV
  }

  /** The type of the scales of blocks. */
  public enum Scales {
    /** Any number. */
    FLOAT32,
    /** A power of two in a byte; with {@code weight_scale_inv} only. */
    UE8M0
  }

  public Fp8Parameters {
    Require.atLeast("groupSize", groupSize, 1);
    blockShape = blockShape == null ? null : List.copyOf(blockShape);
    boolean block = share == Share.BLOCK;
    if (blockShape != null) {
      Require.that(block, "blockShape", blockShape, "none: share is " + EnumName.of(share));
      Require.that(
          blockShape.size() == 2 && blockShape.stream().allMatch(size -> size >= 1),
          "blockShape",
          blockShape,
          "rows and columns, 1 or more of each");
    }
    if (layout == Layout.SCALE_INV) {
      Require.that(block, "layout", layout, "share: block");
      Require.that(format == Format.E4M3, "layout", layout, "format: e4m3");
    }
    Require.that(
        scales == Scales.FLOAT32 || layout == Layout.SCALE_INV,
        "scales",
        scales,
        "float32, or layout: scale-inv");
  }

  DType type() {
    return format == Format.E4M3 ? DType.FLOAT8_E4M3 : DType.FLOAT8_E5M2;
  }

  ScaleBlocks blocks() {
    return switch (share) {
      case CHANNEL -> ScaleBlocks.byRow();
      case TENSOR -> ScaleBlocks.whole();
      case BLOCK -> {
        List<Integer> shape = blockShape == null ? List.of(USUAL, USUAL) : blockShape;
        yield new ScaleBlocks(
            shape.get(0),
            shape.get(1),
            layout == Layout.SCALE_INV
                ? ScaleBlocks.Layout.SCALE_INV
                : ScaleBlocks.Layout.COMPRESSED_TENSORS);
      }
    };
  }

  ScaledWeight.Rule rule() {
    if (layout == Layout.COMPRESSED_TENSORS) {
      return ScaledWeight.Rule.DIVIDED;
    }
    return scales == Scales.UE8M0 ? ScaledWeight.Rule.POWER_OF_TWO : ScaledWeight.Rule.RECIPROCAL;
  }

  /** What shares a scale of an input. */
  public enum Activations {
    /** Nothing: inputs are taken as they come. */
    NONE,
    /** A token, as it comes. */
    TOKEN,
    /** All of them, by the greatest magnitude that calibration saw. */
    TENSOR,
    /** A run of features of a token, as it comes. */
    GROUP
  }
}
