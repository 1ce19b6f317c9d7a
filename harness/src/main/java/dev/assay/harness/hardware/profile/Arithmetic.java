package dev.assay.harness.hardware.profile;

import java.util.Locale;

/** Arithmetic that processors are rated for; the type of the factors, whatever they add up in. */
public enum Arithmetic {
  FLOAT64,
  FLOAT32,
  /** float32 whose factors are rounded to 10 bits of mantissa, as NVIDIA's tensor cores do. */
  TFLOAT32,
  BFLOAT16,
  FLOAT16,
  /** Both 8-bit forms, E4M3 and E5M2. */
  FLOAT8,
  INT8,
  INT4;

  /** The name in YAML files and results: {@code float32}, {@code int8} … */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
