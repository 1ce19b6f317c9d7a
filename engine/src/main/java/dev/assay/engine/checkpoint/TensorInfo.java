package dev.assay.engine.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;

/**
 * What the header of a weight file says of a tensor.
 *
 * @param file where its bytes are
 * @param begin offset of its first byte from the start of the file
 * @param end offset after its last byte
 */
public record TensorInfo(String name, DType dtype, Shape shape, Path file, long begin, long end) {
  /** Number of elements; 1 for a scalar. */
  public long elements() {
    return shape.size();
  }

  /** Bytes of its elements. */
  public long bytes() {
    return end - begin;
  }
}
