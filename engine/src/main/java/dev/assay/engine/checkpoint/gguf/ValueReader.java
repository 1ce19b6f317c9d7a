package dev.assay.engine.checkpoint.gguf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads metadata values. */
final class ValueReader {
  /** Elements of all arrays together; the largest vocabularies have some million. */
  private static final long MAX_ELEMENTS = 1 << 24;

  private static final int MAX_DEPTH = 4;

  private final HeaderReader in;
  private long elements;

  ValueReader(HeaderReader in) {
    this.in = in;
  }

  GgufValue read(String key) throws IOException {
    return value(key, type(key), 0);
  }

  private ValueType type(String key) throws IOException {
    long code = in.uint32("type of " + key);
    return ValueType.of(code)
        .orElseThrow(
            () -> in.bad("key " + key + ": found value type " + code + ", expected 0 to 12"));
  }

  private GgufValue value(String key, ValueType type, int depth) throws IOException {
    return switch (type) {
      case UINT8 -> new GgufValue.Whole(type, Byte.toUnsignedLong(in.int8(key)));
      case INT8 -> new GgufValue.Whole(type, in.int8(key));
      case UINT16 -> new GgufValue.Whole(type, Short.toUnsignedLong(in.int16(key)));
      case INT16 -> new GgufValue.Whole(type, in.int16(key));
      case UINT32 -> new GgufValue.Whole(type, in.uint32(key));
      case INT32 -> new GgufValue.Whole(type, in.int32(key));
      case UINT64, INT64 -> new GgufValue.Whole(type, in.int64(key));
      case FLOAT32 -> new GgufValue.Real(type, Float.intBitsToFloat(in.int32(key)));
      case FLOAT64 -> new GgufValue.Real(type, Double.longBitsToDouble(in.int64(key)));
      case BOOL -> flag(key);
      case STRING -> new GgufValue.Text(in.text(key));
      case ARRAY -> array(key, depth + 1);
    };
  }

  private GgufValue flag(String key) throws IOException {
    int found = in.int8(key);
    if (found != 0 && found != 1) {
      throw in.bad("key " + key + ": found " + found + ", expected 0 or 1 for a BOOL");
    }
    return new GgufValue.Flag(found == 1);
  }

  private GgufValue array(String key, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw in.bad("key " + key + ": found arrays more than " + MAX_DEPTH + " deep");
    }
    ValueType elementType = type(key);
    long count = in.count("elements of " + key, elementType.leastBytes(), MAX_ELEMENTS - elements);
    elements += count;
    List<GgufValue> values = new ArrayList<>((int) count);
    for (long i = 0; i < count; i++) {
      values.add(value(key, elementType, depth));
    }
    return new GgufValue.Array(elementType, values);
  }
}
