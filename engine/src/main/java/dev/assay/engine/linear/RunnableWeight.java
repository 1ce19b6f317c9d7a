package dev.assay.engine.linear;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;

/**
 * A weight, or several of one input one after the other, in the form in which it runs.
 *
 * @param kernel what multiplies by it
 * @param groupSize group size as the kernel sees it; 0 where it has none
 * @param slots weight, scales, offset, column order and bias, absent ones empty
 * @param bytes native memory that the slots hold
 * @param simulated whether it is stored compressed but runs dequantised, for lack of a kernel
 * @param form in words, for example {@code int4 packed, group 128}
 */
public record RunnableWeight(
    Kernel kernel, int groupSize, List<NDArray> slots, long bytes, boolean simulated, String form) {
  /** Tensors that stand for a weight. */
  public static final int SLOTS = 5;

  public RunnableWeight {
    slots = List.copyOf(slots);
    if (slots.size() != SLOTS) {
      throw new IllegalArgumentException(slots.size() + " slots found, " + SLOTS + " expected");
    }
  }

  /**
   * The same with a bias added to its outputs.
   *
   * @param bias [out], of the arithmetic's type
   * @param biasBytes what it takes
   */
  RunnableWeight withBias(NDArray bias, long biasBytes) {
    List<NDArray> all = new ArrayList<>(slots);
    all.set(SLOTS - 1, bias);
    return new RunnableWeight(kernel, groupSize, all, bytes + biasBytes, simulated, form);
  }

  /** The kernel's number in the scripts. */
  public long kernelCode() {
    return kernel.code();
  }
}
