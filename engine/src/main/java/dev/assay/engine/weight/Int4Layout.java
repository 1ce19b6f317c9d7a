package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;

/**
 * How libtorch interleaves the rows of packed int4 weights, which depends on the instruction set of
 * the machine. Found by packing a known pattern, so that a layout that Assay does not know costs
 * speed (everything goes through the packed kernel) and never correctness.
 *
 * @param block rows that are packed together; 0 if the layout is not a known one
 */
public record Int4Layout(int block) {
  private static final int[] KNOWN_BLOCKS = {64, 32};
  private static final int ROWS = 64;
  private static final int COLUMNS = 32;

  /** Finds the layout of this machine. */
  public static Int4Layout detect(TorchSession torch) {
    ScriptModule kernels = torch.script(Int4Layout.class, "packing.py");
    try (NDManager scope = torch.manager().newSubManager()) {
      int[] codes = new int[ROWS * COLUMNS];
      Arrays.setAll(codes, i -> (i * 7 + i / COLUMNS * 3) % 16);
      NDArray packed =
          kernels.call(scope, "pack_int4", scope.create(codes, new Shape(ROWS, COLUMNS)));
      NDArray scales = scope.ones(new Shape(ROWS, 1));
      NDArray zeros = scope.zeros(new Shape(ROWS, 1));
      NDArray grid = kernels.call(scope, "int4_grid", scales, zeros, 1L, 6L);
      for (int block : KNOWN_BLOCKS) {
        float[] read =
            kernels
                .call(scope, "unpack_int4", packed, grid, (long) COLUMNS, (long) block)
                .toType(DataType.FLOAT32, false)
                .toFloatArray();
        if (matches(codes, read)) {
          return new Int4Layout(block);
        }
      }
      return new Int4Layout(0);
    }
  }

  private static boolean matches(int[] codes, float[] read) {
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] != (int) read[i]) {
        return false;
      }
    }
    return true;
  }
}
