package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.sparse.SparseWeight;
import java.util.List;
import java.util.Set;

/** A linear of floats without their zeros, see {@link BitmaskTensors}. */
record SparseLinear(BitmaskTensors stored) implements PackedLinear {
  private static final List<DType> TYPES = List.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32);

  @Override
  public SparseWeight load(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray whole = stored.whole(torch, scope, TYPES);
      return stored.layout().form().of(torch, owner, whole);
    } catch (IllegalArgumentException e) {
      throw stored.tensors().bad(stored.values(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public String format() {
    return stored.layout().form().format();
  }

  @Override
  public long parameters() {
    return stored.shape().size();
  }

  @Override
  public DType valueType() {
    return stored.values().dtype();
  }

  @Override
  public Set<String> names() {
    return stored.names();
  }
}
