package dev.assay.engine.export;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.gguf.Adjustment;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.TensorMapping;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.TorchSession;

/**
 * A tensor of a GGUF file that is to be written.
 *
 * @param name in the file
 * @param type in the file
 * @param shape in the file, row-major
 * @param adjustment how it differs from the source's
 * @param source where its values come from
 */
record PlannedTensor(
    String name, GgmlType type, Shape shape, Adjustment adjustment, SourceTensor source) {

  /** Vectors stay in float32; matrices whose rows are no whole blocks go to float16. */
  static PlannedTensor of(
      TorchSession torch,
      String module,
      TensorMapping mapping,
      SourceTensor source,
      JsonNode config,
      GgmlType matrices) {
    String name = module + "." + source.suffix();
    long[] shape = source.shape(torch);
    if (shape.length != 1 && shape.length != 2) {
      throw new BadCheckpointException(
          source.source().path()
              + ": tensor '"
              + source.prefix()
              + "."
              + source.suffix()
              + "': found "
              + shape.length
              + " dimensions, expected 1 or 2");
    }
    Adjustment adjustment = mapping.adjustment(source.suffix(), shape.length, config);
    if (source.packed() && adjustment instanceof Adjustment.Transposed) {
      // Packed weights are [out, in] already, as the file's are.
      adjustment = Adjustment.NONE;
    }
    requireHeads(source, shape[0], adjustment);
    if (adjustment instanceof Adjustment.Transposed) {
      shape = new long[] {shape[1], shape[0]};
    }
    return new PlannedTensor(name, type(shape, matrices), new Shape(shape), adjustment, source);
  }

  private static GgmlType type(long[] shape, GgmlType matrices) {
    if (shape.length == 1) {
      return GgmlType.F32;
    }
    return shape[1] % matrices.blockValues() == 0 ? matrices : GgmlType.F16;
  }

  private static void requireHeads(SourceTensor source, long rows, Adjustment adjustment) {
    if (adjustment instanceof Adjustment.InterleavedHeads heads
        && rows % (2L * heads.heads()) != 0) {
      throw new BadCheckpointException(
          source.source().path()
              + ": tensor '"
              + source.prefix()
              + "."
              + source.suffix()
              + "': found "
              + rows
              + " rows, expected an even number for each of "
              + heads.heads()
              + " heads");
    }
  }

  /** Bytes in the file. */
  long bytes() {
    return shape.size() / type.blockValues() * type.blockBytes();
  }
}
