package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.Optional;

/**
 * NF4 and FP4 by rows. Scales that are quantized in their turn are held in float16 where it has
 * them to 2^-11, as that takes the fewest bytes of what kernels can read in place.
 *
 * @param weight such as {@link #of} takes
 */
record CodebookTable(CodebookWeight weight) implements TabledWeight {
  /** The weight by rows, if no block of it has a part of a row. */
  static Optional<TabledWeight> of(CodebookWeight weight) {
    long columns = weight.inFeatures();
    return columns % weight.blockSize() == 0 || weight.blockSize() % columns == 0
        ? Optional.of(new CodebookTable(weight))
        : Optional.empty();
  }

  @Override
  public String words() {
    return weight.described().table().label();
  }

  @Override
  public long group() {
    return Math.min(weight.blockSize(), weight.inFeatures());
  }

  @Override
  public float[] values() {
    return weight.values().toFloatArray();
  }

  @Override
  public boolean hasFewSteps() {
    return false;
  }

  @Override
  public NDArray codes(TorchSession torch, NDManager owner) {
    long rows = weight.outFeatures();
    long columns = weight.inFeatures();
    try (NDManager scope = owner.newSubManager()) {
      NDArray codes =
          torch
              .script(CodebookWeight.class, "codebook.py")
              .call(scope, "codes", weight.codes(), rows * columns);
      return torch.tensors().copy(owner, codes.reshape(rows, columns));
    }
  }

  @Override
  public NDArray scales(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray blocks = weight.scales().values(torch, scope);
      NDArray rows =
          tiling(torch).call(scope, "of_rows", blocks, weight.outFeatures(), rowsOfBlock());
      return torch.tensors().copy(owner, torch.tensors().cast(scope, rows, type(torch, blocks)));
    }
  }

  private long rowsOfBlock() {
    return Math.max(1, weight.blockSize() / weight.inFeatures());
  }

  @Override
  public DType scaleType(TorchSession torch) {
    try (NDManager scope = torch.manager().newSubManager()) {
      return type(torch, weight.scales().values(torch, scope));
    }
  }

  private DType type(TorchSession torch, NDArray scales) {
    return weight.scales() instanceof BlockScales.Nested
            && tiling(torch).callForBoolean("are_halves", scales)
        ? DType.FLOAT16
        : DType.FLOAT32;
  }

  private static ScriptModule tiling(TorchSession torch) {
    return torch.script(TiledGrid.class, "tiling.py");
  }
}
