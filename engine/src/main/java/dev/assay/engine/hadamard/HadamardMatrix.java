package dev.assay.engine.hadamard;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/**
 * A Hadamard matrix M = B ⊗ S: B a published one of an order that is no power of two, or 1; S
 * Sylvester's, of a power of two. A vector is seen as rows of consecutive elements: each row is
 * multiplied by S, then the rows are mixed by B. Divided by the root of its size M is orthogonal,
 * but not symmetric where B is not.
 *
 * @param size rows and columns
 * @param order of B
 * @see <a href="https://github.com/spcl/QuaRot/blob/5008669/fake_quant/hadamard_utils.py">
 *     get_hadK</a>
 */
public record HadamardMatrix(int size, int order) {
  /** Orders of the published matrices, in the order in which they are tried. */
  private static final List<Integer> ORDERS =
      List.of(172, 156, 140, 108, 60, 52, 36, 28, 40, 20, 12);

  public HadamardMatrix {
    if (size < 1 || order < 1 || size % order != 0 || !isPowerOfTwo(size / order)) {
      throw new IllegalArgumentException(
          "size: found " + size + ", expected " + order + " times a power of two");
    }
  }

  /**
   * The matrix of a size: with the first of the published orders that divides it, as the published
   * code has it, even where only a later one would leave a power of two.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static HadamardMatrix of(long size) {
    int order = ORDERS.stream().filter(candidate -> size % candidate == 0).findFirst().orElse(1);
    if (size < 1 || size > Integer.MAX_VALUE || !isPowerOfTwo(size / order)) {
      throw new IllegalArgumentException(
          "found "
              + size
              + (order == 1 ? "" : " = " + order + " · " + size / order)
              + ", expected a power of two, or one times the first of "
              + ORDERS
              + " that divides it: no Hadamard matrix of another size is known here");
    }
    return new HadamardMatrix((int) size, order);
  }

  /** Whether there is a matrix of a size. */
  public static boolean exists(long size) {
    return size > 0
        && isPowerOfTwo(
            size / ORDERS.stream().filter(order -> size % order == 0).findFirst().orElse(1));
  }

  private static boolean isPowerOfTwo(long number) {
    return Long.bitCount(number) == 1;
  }

  /** The matrix B, float32 [order, order], of 1 and −1. */
  public NDArray base(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      float[] entries = order == 1 ? new float[] {1} : HadamardTables.read(order);
      return torch.tensors().copy(owner, Tensors.of(scope, entries, order, order));
    }
  }

  /**
   * Every run of {@code size · stride} elements of the last axis seen as {@code stride} interleaved
   * vectors v, each replaced by M v / √size.
   *
   * @param x float64 [..., a multiple of size · stride]
   * @param stride distance of the elements of a vector: 1 for consecutive ones
   */
  public NDArray multiply(TorchSession torch, NDManager owner, NDArray x, long stride) {
    try (NDManager scope = owner.newSubManager()) {
      return torch
          .script(HadamardMatrix.class, "hadamard.py")
          .call(owner, "multiply", x, base(torch, scope), (long) size, stride);
    }
  }
}
