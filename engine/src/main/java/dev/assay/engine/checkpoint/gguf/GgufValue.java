package dev.assay.engine.checkpoint.gguf;

import java.util.List;

/** A metadata value, with the type that it has in the file. */
public sealed interface GgufValue {
  /** Type in the file. */
  ValueType type();

  /** A whole number; 64-bit unsigned ones wrap around. */
  record Whole(ValueType type, long value) implements GgufValue {}

  /** A number with a fraction. */
  record Real(ValueType type, double value) implements GgufValue {}

  /** True or false. */
  record Flag(boolean value) implements GgufValue {
    @Override
    public ValueType type() {
      return ValueType.BOOL;
    }
  }

  /** A text. */
  record Text(String value) implements GgufValue {
    @Override
    public ValueType type() {
      return ValueType.STRING;
    }
  }

  /** Values of one type. */
  record Array(ValueType elementType, List<GgufValue> values) implements GgufValue {
    public Array {
      values = List.copyOf(values);
    }

    @Override
    public ValueType type() {
      return ValueType.ARRAY;
    }
  }

  static GgufValue uint32(long value) {
    return new Whole(ValueType.UINT32, value);
  }

  static GgufValue float32(double value) {
    return new Real(ValueType.FLOAT32, value);
  }
}
