package dev.assay.engine.checkpoint.gguf;

import java.util.Arrays;
import java.util.Optional;

/** Types of metadata values; the order is that of their numbers in a file. */
public enum ValueType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  /** A length of 64 bits, then UTF-8. */
  STRING(8),
  /** The elements' type, a count of 64 bits, the elements. */
  ARRAY(12),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  private final int leastBytes;

  ValueType(int leastBytes) {
    this.leastBytes = leastBytes;
  }

  /** Bytes that a value takes at least. */
  int leastBytes() {
    return leastBytes;
  }

  static Optional<ValueType> of(long code) {
    return Arrays.stream(values()).filter(type -> type.ordinal() == code).findFirst();
  }
}
