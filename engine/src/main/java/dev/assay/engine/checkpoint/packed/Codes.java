package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.sparse.BitmaskLayout;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The codes of a linear that are a byte each: in {@code weight}, or without their zeros, as
 * compressed-tensors stores what was pruned before it was rounded.
 *
 * @param tensors of the linear
 * @param allowed types that codes may have
 */
record Codes(PackedTensors tensors, List<DType> allowed) {
  private static final String WEIGHT = "weight";

  static boolean areAt(PackedSource checkpoint, String prefix) {
    return checkpoint.has(prefix + "." + WEIGHT) || BitmaskTensors.isAt(checkpoint, prefix);
  }

  /** The type of what is there. */
  static DType typeAt(PackedSource checkpoint, String prefix) {
    return new Codes(new PackedTensors(checkpoint, prefix), List.of()).any().dtype();
  }

  private TensorInfo any() {
    return tensors
        .checkpoint()
        .info(tensors.prefix() + "." + (isWhole() ? WEIGHT : BitmaskLayout.VALUES));
  }

  private boolean isWhole() {
    return tensors.checkpoint().has(tensors.prefix() + "." + WEIGHT);
  }

  private TensorInfo stored() {
    return isWhole() ? tensors.matrix(WEIGHT, allowed.toArray(DType[]::new)) : sparse().values();
  }

  private BitmaskTensors sparse() {
    return new BitmaskTensors(tensors);
  }

  /** [out, in]. */
  Shape shape() {
    return isWhole() ? stored().shape() : sparse().shape();
  }

  DType dtype() {
    return stored().dtype();
  }

  long elements() {
    return shape().size();
  }

  /** [out, in]. */
  NDArray load(TorchSession torch, NDManager owner) {
    return isWhole() ? tensors.load(torch, owner, stored()) : sparse().whole(torch, owner, allowed);
  }

  /** Full names of the tensors that there are, and of others of the linear. */
  Set<String> names(String... others) {
    Set<String> names = new TreeSet<>(tensors.present(others));
    names.addAll(isWhole() ? tensors.present(WEIGHT) : sparse().names());
    return names;
  }

  BadCheckpointException bad(String problem) {
    return tensors.bad(stored(), problem);
  }
}
