package dev.assay.engine.weight;

import dev.assay.engine.torch.ModuleNode;

/**
 * How the op of our own takes its inputs.
 *
 * @param bits of the integers that they become
 * @param top the greatest code of a grid for each row; 0 for one for each run of a row
 * @param packedRows most rows that it takes
 * @param narrowRows most rows whose dense product is computed in the activations' type
 */
record TiledInputs(int bits, long top, long packedRows, long narrowRows) {
  private static final int WIDE = 16;

  /**
   * As the execution has it.
   *
   * @param kernel that takes them
   * @param bits of a code of the weight
   * @param mayBeNarrow whether the weight's form takes inputs of 8 bits
   */
  static TiledInputs of(KernelRuntime runtime, String kernel, int bits, boolean mayBeNarrow) {
    CpuKernels processor = runtime.processor();
    boolean narrow = mayBeNarrow && runtime.execution().inputs() == KernelInputs.INT8;
    return new TiledInputs(
        narrow ? Byte.SIZE : WIDE,
        0,
        narrow ? Long.MAX_VALUE : runtime.packedRows(kernel, bits),
        processor.narrowRows());
  }

  /** Codes of a grid for each token. */
  static TiledInputs of(KernelRuntime runtime, PerTokenInput input) {
    return new TiledInputs(
        Byte.SIZE,
        (1L << (input.bits() - 1)) - 1,
        Long.MAX_VALUE,
        runtime.processor().narrowRows());
  }

  ModuleNode into(ModuleNode module) {
    return module
        .with("input_bits", bits)
        .with("top", top)
        .with("packed_rows", packedRows)
        .with("narrow_rows", narrowRows);
  }

  /** What becomes of inputs, in words. */
  String words() {
    if (top > 0) {
      return "as the codes of tokens";
    }
    String integers = "as integers of %d bits".formatted(bits);
    return packedRows == Long.MAX_VALUE ? integers : "up to " + packedRows + " rows " + integers;
  }
}
