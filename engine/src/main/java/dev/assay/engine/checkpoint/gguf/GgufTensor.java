package dev.assay.engine.checkpoint.gguf;

import java.util.Arrays;

/**
 * What a GGUF file says of a tensor.
 *
 * @param shape row-major, the slowest dimension first: the reverse of the file's order
 * @param begin offset of its first byte from the start of the file
 * @param end offset after its last byte
 */
public record GgufTensor(String name, GgmlType type, long[] shape, long begin, long end) {
  public GgufTensor {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GgufTensor tensor
        && name.equals(tensor.name)
        && type == tensor.type
        && Arrays.equals(shape, tensor.shape)
        && begin == tensor.begin
        && end == tensor.end;
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
