package dev.assay.engine.weight.sparse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightRows;
import java.util.ArrayList;
import java.util.List;

/**
 * A weight of which what is not 0 is stored, value by value and to the last bit; a zero of either
 * sign comes back as 0.
 */
public sealed interface SparseWeight extends StoredWeight
    permits TwoOfFourWeight, BitmaskWeight, CsrWeight {
  /** Values row by row; of 2:4 there may be zeros among them. */
  NDArray values();

  /** The type of the values: float16, bfloat16 or float32. */
  DType type();

  /** Which form it is. */
  SparseForm form();

  /** All values, [out, in], in their own type. */
  NDArray whole(TorchSession torch, NDManager owner);

  @Override
  default String format() {
    return form().format();
  }

  @Override
  default NDArray dequantize(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray whole = whole(torch, scope);
      return torch.tensors().copy(owner, torch.tensors().cast(scope, whole, DType.FLOAT32));
    }
  }

  @Override
  default long parameters() {
    return values().getShape().size();
  }

  @Override
  default long products(TorchSession torch, NDManager owner) {
    return SparseScripts.of(torch).callForLong("count_nonzero", values());
  }

  @Override
  default SparseWeight rows(TorchSession torch, NDManager owner, long[] rows) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray some = WeightRows.select(torch, scope, whole(torch, scope), rows);
      return form().of(torch, owner, some);
    }
  }

  @Override
  default SparseWeight joined(
      TorchSession torch, NDManager owner, List<StoredWeight> parts, long[] rows) {
    try (NDManager scope = owner.newSubManager()) {
      List<NDArray> all = new ArrayList<>();
      for (StoredWeight part : parts) {
        all.add(((SparseWeight) part).whole(torch, scope));
      }
      return form().of(torch, owner, WeightRows.join(torch, scope, all, rows));
    }
  }
}
