package dev.assay.engine.checkpoint.gguf.block;

/** IEEE 754 binary16, which Java 17 has no type or conversion for. */
public final class Half {
  private static final int SIGN = 0x8000;
  private static final int INFINITY = 0x7c00;
  private static final int QUIET_NAN = 0x7e00;
  private static final int FLOAT_INFINITY = 0x7f800000;

  /** Bits of 65520, half-way between the greatest finite half and the next power of two. */
  private static final int FLOAT_OVERFLOW = 0x477ff000;

  /** Bits of 2^−14, the least normal half. */
  private static final int FLOAT_LEAST_NORMAL = 0x38800000;

  private static final int MANTISSA_BITS_LESS = 13;
  private static final int EXPONENT_BIAS_MORE = 112;

  private Half() {}

  /** Its value. */
  public static float toFloat(short half) {
    int sign = (half & SIGN) << 16;
    int exponent = (half >> 10) & 0x1f;
    int mantissa = half & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | FLOAT_INFINITY | mantissa << MANTISSA_BITS_LESS);
    }
    if (exponent == 0) {
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(
        sign | (exponent + EXPONENT_BIAS_MORE) << 23 | mantissa << MANTISSA_BITS_LESS);
  }

  /** The nearest half, of two equally near ones the even; too large values become infinite. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & SIGN;
    int magnitude = bits & Integer.MAX_VALUE;
    if (magnitude > FLOAT_INFINITY) {
      return (short) (sign | QUIET_NAN);
    }
    if (magnitude >= FLOAT_OVERFLOW) {
      return (short) (sign | INFINITY);
    }
    if (magnitude < FLOAT_LEAST_NORMAL) {
      return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24));
    }
    int odd = magnitude >>> MANTISSA_BITS_LESS & 1;
    int rounded = magnitude + 0xfff + odd - (EXPONENT_BIAS_MORE << 23);
    return (short) (sign | rounded >>> MANTISSA_BITS_LESS);
  }
}
