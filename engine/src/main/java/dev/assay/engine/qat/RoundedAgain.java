package dev.assay.engine.qat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.BlockScales;
import dev.assay.engine.weight.CodebookWeight;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;

/**
 * Other values in the form of a weight: the nearest codes on its grid, whose scales may have been
 * searched or learned, or in its table, under scales of their own.
 *
 * @param owner of what is made
 */
record RoundedAgain(TorchSession torch, NDManager owner) {
  /**
   * Makes sure that a weight has a form that others can be brought into.
   *
   * @throws BadInputException if not
   */
  static void require(String name, StoredWeight weight) {
    if (!(weight instanceof QuantizedWeight || weight instanceof CodebookWeight)
        && !weight.isDense()) {
      throw new BadInputException(
          "%s: found it stored as %s, expected a uniform grid, nf4, fp4 or values, to which merged products are rounded: set merge to false, or leave it out by targets or ignore"
              .formatted(name, weight.format()));
    }
  }

  /**
   * The values.
   *
   * @param form of which they are to be
   * @param values float32 [out, in]
   */
  StoredWeight of(StoredWeight form, NDArray values) {
    if (form instanceof QuantizedWeight grid) {
      return onGrid(grid, values);
    }
    if (form instanceof CodebookWeight table) {
      return CodebookWeight.quantize(
          torch,
          owner,
          values,
          table.described().table(),
          table.blockSize(),
          table.scales() instanceof BlockScales.Nested nested ? nested.blockSize() : 0,
          table.described().valueType());
    }
    DenseWeight dense = form.dense().orElseThrow();
    return new DenseWeight(torch.tensors().cast(owner, values, dense.type()), dense.type());
  }

  private QuantizedWeight onGrid(QuantizedWeight grid, NDArray values) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray groups = grid.groupIndex().toType(DataType.INT64, true);
      groups.attach(scope);
      NDArray codes =
          torch
              .script(RoundedAgain.class, "starts.py")
              .call(
                  owner,
                  "again",
                  values,
                  grid.scales(),
                  grid.zeros(),
                  groups,
                  (long) grid.grid().maxCode());
      return new QuantizedWeight(
          codes, grid.scales(), grid.zeros(), grid.groupIndex(), grid.grid());
    }
  }
}
