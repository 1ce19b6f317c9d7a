package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.NoPlaceException;
import dev.assay.engine.checkpoint.packed.LoaderRounding;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GroupedInput;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.ScaleBlocks;
import dev.assay.engine.weight.ScaledWeight;
import dev.assay.engine.weight.StoredWeight;
import org.jspecify.annotations.Nullable;

/**
 * Floats of 8 bits under scales of blocks, {@code weight_scale_inv}, as DeepSeek and transformers
 * have them: one shape of blocks for all linears, in whole blocks.
 *
 * @see <a href="https://arxiv.org/abs/2412.19437">DeepSeek-V3</a>
 */
record BlockFloatLayout() implements PublishedLayout {
  private static final int USUAL = 128;

  @Override
  public String label() {
    return "fp8";
  }

  @Override
  public String recipe() {
    return "fp8-scale-inv";
  }

  /** Its loaders round inputs in runs as long as a block, without a key that says so. */
  @Override
  public boolean hasInput(InputScheme scheme) {
    return scheme instanceof PlainInput || LoaderRounding.does(Format.BLOCK_FP8, scheme);
  }

  @Override
  public String inputs() {
    return "inputs as they come, or rounded to E4M3 in groups";
  }

  @Override
  public void requireInput(StoredWeight weight, InputScheme input) {
    if (weight instanceof ScaledWeight floats
        && input instanceof GroupedInput groups
        && groups.groupSize() != floats.blocks().columns()) {
      throw new NoPlaceException(
          "found inputs rounded in groups of %d over blocks of %d columns, expected groups as long as"
                  .formatted(groups.groupSize(), floats.blocks().columns())
              + " a block, in which the loaders of fp8 round inputs");
    }
  }

  @Override
  public Conversion begin(TorchSession torch, Checkpoint source) {
    return new Blocks(torch);
  }

  private final class Blocks implements Conversion {
    private final TorchSession torch;

    /** Of the first that has some, in the form that all have. */
    private @Nullable ScaleBlocks common;

    /** What divides the shapes of all linears under one scale. */
    private long divisor = USUAL;

    /** Whether all scales are powers of two. */
    private boolean powers = true;

    Blocks(TorchSession torch) {
      this.torch = torch;
    }

    @Override
    public void survey(StoredWeight weight) {
      ScaledWeight floats = require(weight);
      powers &= floats.scaleType() == DType.FLOAT8_E8M0;
      if (isOne(floats)) {
        while (floats.outFeatures() % divisor != 0 || floats.inFeatures() % divisor != 0) {
          divisor /= 2;
        }
      } else if (common == null) {
        common = inverse(floats.blocks());
      }
    }

    private ScaledWeight require(StoredWeight weight) {
      return weight
          .scaled()
          .filter(floats -> floats.type() == DType.FLOAT8_E4M3)
          .filter(floats -> isOne(floats) || isBlocks(floats.blocks()))
          .orElseThrow(
              () ->
                  Grids.otherwise(
                      weight,
                      BlockFloatLayout.this,
                      "floats of E4M3 under one scale, or one for each block of rows and columns"));
    }

    private ScaleBlocks blocks() {
      return common == null
          ? new ScaleBlocks(divisor, divisor, ScaleBlocks.Layout.SCALE_INV)
          : common;
    }

    @Override
    public StoredWeight exact(NDManager owner, StoredWeight weight) {
      ScaledWeight floats = require(weight);
      ScaleBlocks blocks = blocks();
      boolean already = floats.blocks().equals(blocks);
      if (!already) {
        requireWhole(floats.outFeatures(), floats.inFeatures());
      }
      if (!isOne(floats) && !inverse(floats.blocks()).equals(blocks)) {
        throw new NoPlaceException(
            "found blocks of %d and %d beside such of %d and %d, expected those of all: the"
                    .formatted(
                        floats.blocks().rows(),
                        floats.blocks().columns(),
                        blocks.rows(),
                        blocks.columns())
                + " configuration of fp8 knows no more");
      }
      NDArray scales =
          isOne(floats) && !already
              ? owner.full(
                  blocks.grid(floats.outFeatures(), floats.inFeatures()),
                  floats.scales().toFloatArray()[0])
              : floats.scales();
      return new ScaledWeight(
          floats.values(), floats.type(), scales, scaleType(floats.scaleType()), blocks);
    }

    private DType scaleType(DType type) {
      return type == DType.FLOAT8_E8M0 && !powers ? DType.FLOAT32 : type;
    }

    private void requireWhole(long out, long in) {
      ScaleBlocks blocks = blocks();
      if (out % blocks.rows() != 0 || in % blocks.columns() != 0) {
        throw new NoPlaceException(
            "found %d outputs and %d inputs, expected whole blocks of %d and %d, as readers of"
                    .formatted(out, in, blocks.rows(), blocks.columns())
                + " weight_scale_inv want them");
      }
    }

    @Override
    public StoredWeight rounded(NDManager owner, NDArray values, DType type) {
      Grids.requireFinite(torch, values);
      requireWhole(values.getShape().get(0), values.getShape().get(1));
      return ScaledWeight.quantize(
          torch,
          owner,
          values,
          DType.FLOAT8_E4M3,
          blocks(),
          common != null && powers ? ScaledWeight.Rule.POWER_OF_TWO : ScaledWeight.Rule.RECIPROCAL);
    }
  }

  private static boolean isOne(ScaledWeight weight) {
    return weight.scales().getShape().size() == 1;
  }

  private static boolean isBlocks(ScaleBlocks blocks) {
    return blocks.rows() > 1 && blocks.columns() != ScaleBlocks.ALL;
  }

  private static ScaleBlocks inverse(ScaleBlocks blocks) {
    return new ScaleBlocks(blocks.rows(), blocks.columns(), ScaleBlocks.Layout.SCALE_INV);
  }
}
