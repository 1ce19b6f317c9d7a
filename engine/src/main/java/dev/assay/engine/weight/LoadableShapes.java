package dev.assay.engine.weight;

import java.util.Optional;

/**
 * Which shapes the tools of a packed layout load. The layouts themselves, and Assay, hold any.
 *
 * <p>GPTQ's loaders take rows and columns that fill whole 32-bit words, and a last partial group
 * with 2 and 4 bits only; AWQ's whole groups of inputs and eights of outputs; those of
 * compressed-tensors whole groups.
 */
public final class LoadableShapes {
  /** Rows whose codes share a byte. */
  private static final int BITNET_ROWS = 4;

  private LoadableShapes() {}

  /** Why no other tool loads a weight [out, in] on a grid, if so. */
  public static Optional<String> obstacle(GridForm grid, long out, long in) {
    boolean whole = !cutsGroup(grid, in);
    return switch (grid.layout()) {
      case GPTQ -> {
        long multiple = grid.bits() == 3 ? Integer.SIZE : Integer.SIZE / grid.bits();
        if (in % multiple != 0 || out % multiple != 0) {
          yield Optional.of(
              "GPTQ's loaders want multiples of %d with %d bits, found %d outputs and %d inputs"
                  .formatted(multiple, grid.bits(), out, in));
        }
        boolean partial = grid.bits() == 2 || grid.bits() == 4;
        yield whole || partial ? Optional.empty() : Optional.of(cut("GPTQ's", grid, in));
      }
      case AWQ -> {
        if (out % Byte.SIZE != 0) {
          yield Optional.of("AWQ's loaders want multiples of 8 outputs, found " + out);
        }
        yield whole ? Optional.empty() : Optional.of(cut("AWQ's", grid, in));
      }
      case COMPRESSED_TENSORS -> {
        if (!grid.ordered()) {
          yield Optional.of(
              "versions of compressed-tensors from 0.19 on do not read columns whose groups are out"
                  + " of order");
        }
        yield whole ? Optional.empty() : Optional.of(cut("compressed-tensors'", grid, in));
      }
      case BITNET ->
          out % BITNET_ROWS == 0
              ? Optional.empty()
              : Optional.of("BitNet's layout holds multiples of 4 outputs, found " + out);
      case GGUF, INT8 -> Optional.empty();
      case REAL_ZEROS -> Optional.of("no other tool's format has zeros that are no whole numbers");
    };
  }

  /** Whether the last group of inputs is shorter than the others. */
  public static boolean cutsGroup(GridForm grid, long in) {
    return grid.groupSize() != GridForm.PER_CHANNEL && in % grid.groupSize() != 0;
  }

  private static String cut(String whose, GridForm grid, long in) {
    return "%s loaders want whole groups of %d with %d bits, found %d inputs"
        .formatted(whose, grid.groupSize(), grid.bits(), in);
  }
}
