package dev.assay.engine.checkpoint.tensor;

import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import java.nio.file.Path;

/**
 * What the header of a weight file says of a tensor.
 *
 * @param dtype element type after loading
 * @param shape shape after loading
 * @param file where its bytes are
 * @param begin offset of its first byte from the start of the file
 * @param end offset after its last byte
 * @param encoding how the bytes stand for the elements
 */
public record TensorInfo(
    String name,
    DType dtype,
    Shape shape,
    Path file,
    long begin,
    long end,
    TensorEncoding encoding) {
  /** A tensor whose bytes are its elements. */
  public TensorInfo(String name, DType dtype, Shape shape, Path file, long begin, long end) {
    this(name, dtype, shape, file, begin, end, TensorEncoding.PLAIN);
  }

  /** Number of elements; 1 for a scalar. */
  public long elements() {
    return shape.size();
  }

  /** Bytes that it takes in its file. */
  public long bytes() {
    return end - begin;
  }
}
