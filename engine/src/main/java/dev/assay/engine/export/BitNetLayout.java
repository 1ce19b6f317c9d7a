package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.packed.LoaderRounding;
import dev.assay.engine.checkpoint.packed.QuantizationConfig.Format;
import dev.assay.engine.checkpoint.packed.TernaryValues;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;

/**
 * BitNet's layout of three values under one scale, as transformers has it. Its loaders round inputs
 * to 8 bits by token, so that a model whose inputs are otherwise becomes another one.
 *
 * @param requantize whether inputs that are not rounded may become so
 * @see <a href="https://arxiv.org/abs/2402.17764">Ma et al. 2024, BitNet b1.58</a>
 */
record BitNetLayout(boolean requantize) implements PublishedLayout {
  @Override
  public String label() {
    return "bitnet";
  }

  @Override
  public String recipe() {
    return "bitnet";
  }

  @Override
  public boolean hasInput(InputScheme scheme) {
    return LoaderRounding.does(Format.BITNET, scheme)
        || (requantize && scheme instanceof PlainInput);
  }

  @Override
  public boolean saysInput(InputScheme scheme) {
    return hasInput(scheme);
  }

  @Override
  public String inputs() {
    return "inputs rounded to 8 bits by token as BitNet's loaders do, which the recipe bitnet does,"
        + " or --requantize";
  }

  @Override
  public Conversion begin(TorchSession torch, Checkpoint source) {
    return new Conversion() {
      @Override
      public void survey(StoredWeight weight) {}

      @Override
      public StoredWeight exact(NDManager owner, StoredWeight weight) {
        try (NDManager scope = owner.newSubManager()) {
          return TernaryValues.of(torch, owner, weight.dequantize(torch, scope))
              .map(found -> Grids.loadable(found, found.grid()))
              .orElseThrow(
                  () ->
                      Grids.otherwise(
                          weight,
                          BitNetLayout.this,
                          "three values, m, 0 and −m, of which m is one over a float32"));
        }
      }

      @Override
      public StoredWeight rounded(NDManager owner, NDArray values, DType type) {
        Grids.requireFinite(torch, values);
        QuantizedWeight nearest = TernaryValues.nearest(torch, owner, values);
        return Grids.loadable(nearest, nearest.grid());
      }
    };
  }
}
