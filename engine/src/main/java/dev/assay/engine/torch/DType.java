package dev.assay.engine.torch;

import java.util.Locale;

/** Element types, with their numbers in TorchScript and their names in safetensors files. */
public enum DType {
  UINT8(0, 1, "U8"),
  INT8(1, 1, "I8"),
  INT16(2, 2, "I16"),
  INT32(3, 4, "I32"),
  INT64(4, 8, "I64"),
  FLOAT16(5, 2, "F16"),
  FLOAT32(6, 4, "F32"),
  FLOAT64(7, 8, "F64"),
  BOOL(11, 1, "BOOL"),
  BFLOAT16(15, 2, "BF16"),
  FLOAT8_E5M2(23, 1, "F8_E5M2"),
  FLOAT8_E4M3(24, 1, "F8_E4M3"),
  /** Powers of two without a sign or a zero, which scales come in. */
  FLOAT8_E8M0(44, 1, "F8_E8M0");

  private final int scriptCode;
  private final int bytes;
  private final String safetensorsName;

  DType(int scriptCode, int bytes, String safetensorsName) {
    this.scriptCode = scriptCode;
    this.bytes = bytes;
    this.safetensorsName = safetensorsName;
  }

  /** The number that stands for this type in TorchScript. */
  public long scriptCode() {
    return scriptCode;
  }

  /** Bytes an element. */
  public int bytes() {
    return bytes;
  }

  /** The name in a safetensors header. */
  public String safetensorsName() {
    return safetensorsName;
  }

  /** The name in configurations and results: {@code float32}, {@code bfloat16} … */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The greatest number of a floating type that weights are stored in. */
  public double greatest() {
    return switch (this) {
      case FLOAT16 -> 65504;
      case BFLOAT16 -> 0x1.FEp127;
      case FLOAT32 -> Float.MAX_VALUE;
      case FLOAT64 -> Double.MAX_VALUE;
      case FLOAT8_E4M3 -> 448;
      case FLOAT8_E5M2 -> 57344;
      default -> throw new IllegalArgumentException(label() + " is no floating type");
    };
  }

  /** As {@link #label}. */
  @Override
  public String toString() {
    return label();
  }

  /** Whether it is one that values come in. */
  public boolean isFloating() {
    return this == BFLOAT16 || (name().startsWith("FLOAT") && this != FLOAT8_E8M0);
  }

  /**
   * The type that a safetensors header names.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static DType ofSafetensors(String name) {
    for (DType type : values()) {
      if (type.safetensorsName.equals(name)) {
        return type;
      }
    }
    throw new IllegalArgumentException("unknown dtype '" + name + "'");
  }

  /**
   * The type with a number in TorchScript.
   *
   * @throws IllegalArgumentException if Assay has no use for it
   */
  public static DType ofScriptCode(long code) {
    for (DType type : values()) {
      if (type.scriptCode == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("no counterpart of libtorch's type number " + code);
  }
}
