package dev.assay.engine.weight;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.ops.NativeOps;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;

/**
 * What libtorch's kernels are good for on this processor, found out by asking them.
 *
 * <p>Without instructions for a 16-bit type, products of many rows in it crawl, while those of one
 * row, which wait for memory, do not; so the former are then computed in float32. The packed
 * kernels' time grows with the rows of input, a dequantised product pays once: where the processor
 * multiplies 16-bit matrices they are even at 4 to 8 rows (measured on Intel Emerald Rapids), where
 * it does not at about 64 (measured on AMD Milan).
 *
 * @param layout how packed int4 weights lie in memory
 * @param hasNarrowProducts whether matrix products in the execution's type are worthwhile
 * @param reorders whether oneDNN reorders weights of the execution's type
 * @param hasOps whether scripts can call the ops of our own
 */
public record CpuKernels(
    Int4Layout layout, boolean hasNarrowProducts, boolean reorders, boolean hasOps) {
  /** Any processor: products in the execution's type, nothing reordered, no ops but libtorch's. */
  static final CpuKernels ANY = new CpuKernels(new Int4Layout(0), true, false, false);

  private static final long PACKED_ROWS = 4;
  private static final long DENSE_ROWS = 4;
  private static final long PACKED_ROWS_WITHOUT_NARROW_PRODUCTS = 64;
  private static final long NARROW_ROWS = 4;
  private static final long PAIRED_ELEMENTS = 384 * 64;

  static CpuKernels detect(TorchSession torch, Execution execution) {
    if (!execution.device().equals(TorchDevice.CPU)) {
      return ANY;
    }
    DType dtype = execution.dtype();
    boolean narrow = dtype == DType.FLOAT32 || canReorder(torch, dtype);
    return new CpuKernels(
        Int4Layout.detect(torch), narrow, narrow && dtype == DType.BFLOAT16, NativeOps.areHere());
  }

  /** Whether oneDNN takes the type, which it refuses to where it would have to emulate it. */
  private static boolean canReorder(TorchSession torch, DType dtype) {
    ScriptModule kernels = torch.script(CpuKernels.class, "packing.py");
    try (NDManager scope = torch.manager().newSubManager()) {
      NDArray matrix = torch.tensors().zeros(scope, dtype, 16, 16);
      kernels.call(scope, "prepack", matrix);
      return true;
    } catch (EngineException e) {
      return false;
    }
  }

  /**
   * Most rows of input that packed kernels take where nobody has timed it; more see dequantised
   * values.
   */
  long packedRows() {
    return hasNarrowProducts ? PACKED_ROWS : PACKED_ROWS_WITHOUT_NARROW_PRODUCTS;
  }

  /** Most rows of input that the op of dense products takes where nobody has timed it. */
  long denseRows() {
    return DENSE_ROWS;
  }

  /**
   * From how many elements of a matrix on a product of two rows is faster than of one, where
   * nothing is reordered; 0 for never. Libtorch multiplies a lone bfloat16 row by a loop of its
   * own, several by oneDNN (measured on AMD Zen 5 with AVX-512: 98 against 235 µs for attention to
   * 192 keys of 12 heads of 64, even at 384 keys of one).
   */
  long pairedElements() {
    return reorders ? PAIRED_ELEMENTS : 0;
  }

  /** Most rows of input that dense products take in a 16-bit type; more run in float32. */
  public long narrowRows() {
    return hasNarrowProducts ? Long.MAX_VALUE : NARROW_ROWS;
  }

  /** A dense form of the type in words. */
  String describe(DType dtype) {
    return hasNarrowProducts
        ? dtype.label()
        : dtype.label()
            + " (above "
            + NARROW_ROWS
            + " rows in float32: no "
            + dtype.label()
            + " products on this processor)";
  }
}
