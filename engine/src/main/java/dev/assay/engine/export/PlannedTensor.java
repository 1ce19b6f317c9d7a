package dev.assay.engine.export;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.gguf.Adjustment;
import dev.assay.engine.checkpoint.gguf.GgmlType;
import dev.assay.engine.checkpoint.gguf.HeadRows;
import dev.assay.engine.checkpoint.gguf.TensorMapping;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A tensor of a GGUF file that is to be written.
 *
 * @param name in the file
 * @param type in the file
 * @param shape in the file, row-major
 * @param adjustment how it differs from the source's
 * @param sources where its values come from: one, or one for each expert
 */
record PlannedTensor(
    String name, GgmlType type, Shape shape, Adjustment adjustment, List<SourceTensor> sources) {
  PlannedTensor {
    sources = List.copyOf(sources);
  }

  /** One that is to be written for a module, in the type that the choice falls on. */
  static PlannedTensor of(
      TorchSession torch,
      String module,
      TensorMapping mapping,
      List<SourceTensor> sources,
      JsonNode config,
      TypeChoice choice) {
    SourceTensor first = sources.get(0);
    long[] shape = first.shape(torch);
    if (shape.length != 1 && shape.length != 2) {
      throw bad(first, shape.length + " dimensions", "1 or 2");
    }
    Adjustment adjustment = mapping.adjustment(first.suffix(), shape.length, config);
    if (first.packed() && adjustment instanceof Adjustment.Transposed) {
      // Packed weights are [out, in] already, as the file's are.
      adjustment = Adjustment.NONE;
    }
    if (shape[0] % HeadRows.multiple(adjustment) != 0) {
      throw bad(first, shape[0] + " rows", HeadRows.expected(adjustment));
    }
    if (adjustment instanceof Adjustment.Transposed) {
      shape = new long[] {shape[1], shape[0]};
    }
    GgmlType type = choice.of(mapping, shape, sources);
    if (mapping.perExpert()) {
      shape = LongStream.concat(LongStream.of(sources.size()), LongStream.of(shape)).toArray();
    }
    return new PlannedTensor(
        module + "." + first.suffix(), type, new Shape(shape), adjustment, sources);
  }

  private static BadCheckpointException bad(SourceTensor source, String found, String expected) {
    return new BadCheckpointException(
        "%s: tensor '%s': found %s, expected %s"
            .formatted(source.source().path(), source.name(), found, expected));
  }

  /** Shape of what one source gives. */
  Shape each() {
    return sources.size() == 1 && shape.dimension() < 3 ? shape : shape.slice(1);
  }

  /** Bytes in the file. */
  long bytes() {
    return shape.size() / type.blockValues() * type.blockBytes();
  }
}
