package dev.assay.engine.checkpoint.gguf;

import java.util.Arrays;
import java.util.Optional;

/** Types of metadata values; the order is that of their numbers in a file. */
public enum ValueType {
  UINT8(0, 1),
  INT8(1, 1),
  UINT16(2, 2),
  INT16(3, 2),
  UINT32(4, 4),
  INT32(5, 4),
  FLOAT32(6, 4),
  BOOL(7, 1),
  /** A length of 64 bits, then UTF-8. */
  STRING(8, 8),
  /** The elements' type, a count of 64 bits, the elements. */
  ARRAY(9, 12),
  UINT64(10, 8),
  INT64(11, 8),
  FLOAT64(12, 8);

  private final int code;
  private final int leastBytes;

  ValueType(int code, int leastBytes) {
    this.code = code;
    this.leastBytes = leastBytes;
  }

  /** The number that stands for it in a file. */
  int code() {
    return code;
  }

  /** Bytes that a value takes at least. */
  int leastBytes() {
    return leastBytes;
  }

  static Optional<ValueType> of(long code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }
}
