package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.NoPlaceException;
import dev.assay.engine.checkpoint.packed.CompressedForm;
import dev.assay.engine.quantize.UniformGrid;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.ElementFormat;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.GridForm.Layout;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.MicroscaledWeight;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.ScaleBlocks;
import dev.assay.engine.weight.ScaledWeight;
import dev.assay.engine.weight.SharedExponent;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightRows;
import dev.assay.engine.weight.ggml.BlockType;
import dev.assay.engine.weight.ggml.GgmlBlockWeight;
import java.util.Optional;

/**
 * The layouts of compressed-tensors, which says of each linear what it is: codes on grids, floats
 * of 8 bits, MX and NVFP4.
 *
 * @param grid what is rounded anew is rounded to
 */
record CompressedLayout(RoundedGrid grid) implements PublishedLayout {
  @Override
  public String label() {
    return "compressed-tensors";
  }

  @Override
  public String recipe() {
    return "rtn-w4-g128";
  }

  @Override
  public boolean hasInput(InputScheme scheme) {
    return scheme instanceof PlainInput || CompressedForm.hasInput(scheme);
  }

  @Override
  public boolean saysInput(InputScheme scheme) {
    return scheme instanceof PlainInput || CompressedForm.saysInput(scheme);
  }

  @Override
  public String inputs() {
    return "inputs as they come, or rounded as input_activations can say";
  }

  @Override
  public boolean hasCaches() {
    return true;
  }

  @Override
  public Conversion begin(TorchSession torch, Checkpoint source) {
    return new Conversion() {
      @Override
      public void survey(StoredWeight weight) {}

      @Override
      public StoredWeight exact(NDManager owner, StoredWeight weight) {
        return Grids.of(torch, weight)
            .<StoredWeight>map(CompressedLayout::packed)
            .or(() -> weight.scaled().map(CompressedLayout::floats))
            .or(() -> blocks(torch, owner, weight))
            .or(() -> weight.microscaled())
            .or(() -> weight.nvfp4())
            .filter(CompressedLayout::isPublished)
            .orElseThrow(
                () ->
                    Grids.otherwise(
                        weight,
                        CompressedLayout.this,
                        "one on a uniform grid, floats of E4M3, whole blocks of MX in E2M1, E2M3 or"
                            + " E4M3, or NVFP4"));
      }

      @Override
      public StoredWeight rounded(NDManager owner, NDArray values, DType type) {
        grid.requireFits(values.getShape().get(1));
        UniformGrid uniform =
            new UniformGrid(grid.bits(), grid.groupSize(), grid.symmetric(false), false);
        return packed(Grids.round(torch, owner, values, uniform));
      }
    };
  }

  private static boolean isPublished(StoredWeight weight) {
    return weight.onGrid().isPresent() || CompressedForm.of(weight, false).isPresent();
  }

  private static QuantizedWeight packed(QuantizedWeight weight) {
    GridForm form = weight.grid();
    if (!form.ordered()) {
      throw new NoPlaceException(
          "found columns whose groups are out of order, as act-order leaves them, expected groups in"
              + " order, as static groups have them: versions of compressed-tensors before 0.19 read"
              + " the others as actorder group, those of today do not");
    }
    return Grids.loadable(weight, form.in(Layout.COMPRESSED_TENSORS));
  }

  /** Under the same scales, which no type of compressed-tensors has as bare exponents. */
  private static ScaledWeight floats(ScaledWeight weight) {
    ScaleBlocks blocks = weight.blocks();
    boolean whole = weight.scales().getShape().size() == 1;
    return new ScaledWeight(
        weight.values(),
        weight.type(),
        weight.scales(),
        weight.scaleType().isFloating() ? weight.scaleType() : DType.FLOAT32,
        whole
            ? ScaleBlocks.whole()
            : new ScaleBlocks(
                blocks.rows(), blocks.columns(), ScaleBlocks.Layout.COMPRESSED_TENSORS));
  }

  /** Blocks of a GGUF file that are MXFP4's, found again by their values. */
  private static Optional<StoredWeight> blocks(
      TorchSession torch, NDManager owner, StoredWeight weight) {
    if (!(weight instanceof GgmlBlockWeight blocks) || blocks.type() != BlockType.MXFP4) {
      return Optional.empty();
    }
    NDArray values = weight.dequantize(torch, owner);
    MicroscaledWeight.Rounding rounding =
        new MicroscaledWeight.Rounding(ElementFormat.E2M1, SharedExponent.FLOOR, 0, false);
    MicroscaledWeight found = MicroscaledWeight.quantize(torch, owner, values, rounding);
    return WeightRows.same(torch, found.dequantize(torch, owner), values)
        ? Optional.of(found)
        : Optional.empty();
  }
}
