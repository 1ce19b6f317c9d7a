package dev.assay.engine.checkpoint.gguf;

import java.util.Arrays;
import java.util.List;

/**
 * What a GGUF file says of a tensor.
 *
 * @param dimensions row-major, the slowest first: the reverse of the file's order
 * @param begin offset of its first byte from the start of the file
 * @param end offset after its last byte
 */
public record GgufTensor(String name, GgmlType type, List<Long> dimensions, long begin, long end) {
  public GgufTensor {
    dimensions = List.copyOf(dimensions);
  }

  public GgufTensor(String name, GgmlType type, long[] shape, long begin, long end) {
    this(name, type, Arrays.stream(shape).boxed().toList(), begin, end);
  }

  /** The dimensions as numbers. */
  public long[] shape() {
    return dimensions.stream().mapToLong(Long::longValue).toArray();
  }
}
