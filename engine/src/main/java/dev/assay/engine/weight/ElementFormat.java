package dev.assay.engine.weight;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A number of few bits: sign, exponent, mantissa. A code's value is, with e its exponent's bits and
 * m its mantissa's, (1 + m / 2^M) · 2^(e − bias), and m · 2^(1 − bias − M) where e is 0.
 *
 * @see <a
 *     href="https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf">OCP
 *     Microscaling Formats (MX) 1.0</a>
 */
public enum ElementFormat {
  /** 4 bits, to 6. */
  E2M1(2, 1, 6, 2),
  /** 6 bits, to 7.5. */
  E2M3(2, 3, 7.5, 2),
  /** 6 bits, to 28. */
  E3M2(3, 2, 28, 4),
  /** 8 bits, to 448; the greatest code of either sign is no number. */
  E4M3(4, 3, 448, 8),
  /** 8 bits, to 57344. */
  E5M2(5, 2, 57344, 15),
  /** 8 bits in two's complement, in parts of 1/64. */
  INT8(0, 6, 127.0 / 64, 0);

  private final int exponentBits;
  private final int mantissaBits;
  private final double greatest;
  private final int greatestExponent;

  ElementFormat(int exponentBits, int mantissaBits, double greatest, int greatestExponent) {
    this.exponentBits = exponentBits;
    this.mantissaBits = mantissaBits;
    this.greatest = greatest;
    this.greatestExponent = greatestExponent;
  }

  /** Name in configurations and reports. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Bits a code. */
  public int bits() {
    return this == INT8 ? Byte.SIZE : 1 + exponentBits + mantissaBits;
  }

  /** Bits of the mantissa. */
  public int mantissaBits() {
    return mantissaBits;
  }

  /** Whether compressed-tensors has blocks of it. */
  public boolean isPublished() {
    return this == E2M1 || this == E2M3 || this == E4M3;
  }

  /** The one of so many bits that compressed-tensors has. */
  public static Optional<ElementFormat> published(int bits) {
    return Stream.of(values())
        .filter(each -> each.isPublished() && each.bits() == bits)
        .findFirst();
  }

  /**
   * Bits of mantissa that compressed-tensors rounds a block's greatest magnitude to; where it has
   * no such blocks, the element's own.
   */
  public int keptBits() {
    return this == E4M3 ? 1 : mantissaBits;
  }

  /** The greatest number. */
  public double greatest() {
    return greatest;
  }

  /** Exponent of the greatest power of two. */
  public int greatestExponent() {
    return greatestExponent;
  }

  /** Exponent of the numbers of the smallest step. */
  public int leastExponent() {
    return this == INT8 ? 0 : 2 - (1 << (exponentBits - 1));
  }

  /** The value of every code. */
  public float[] table() {
    float[] values = new float[1 << bits()];
    int half = values.length / 2;
    for (int code = 0; code < values.length; code++) {
      values[code] = this == INT8 ? (byte) code / 64f : signed(code, half);
    }
    return values;
  }

  private float signed(int code, int half) {
    float value = value(code % half);
    return code < half ? value : -value;
  }

  private float value(int magnitude) {
    int exponent = magnitude >> mantissaBits;
    int mantissa = magnitude & ((1 << mantissaBits) - 1);
    boolean special = exponent == (1 << exponentBits) - 1;
    if (this == E4M3 && special && mantissa == 7) {
      return Float.NaN;
    }
    if (this == E5M2 && special) {
      return mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    }
    int significand = exponent == 0 ? mantissa : mantissa + (1 << mantissaBits);
    int power = leastExponent() + Math.max(exponent - 1, 0) - mantissaBits;
    return (float) (significand * Math.scalb(1.0, power));
  }
}
