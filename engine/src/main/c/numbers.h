// Floats of 16 bits and of 8.
#ifndef ASSAY_NUMBERS_H
#define ASSAY_NUMBERS_H

#include <stdint.h>
#include <string.h>

static inline float float_of_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline uint32_t bits_of_float(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float float_of_bfloat16(uint16_t x) { return float_of_bits((uint32_t)x << 16); }

// To nearest, ties to even; not a number stays one.
static inline uint16_t bfloat16_of_float(float x) {
  uint32_t bits = bits_of_float(x);
  if (x != x) {
    return (uint16_t)((bits >> 16) | 0x40);
  }
  return (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

static inline float float_of_half(uint16_t x) {
  uint32_t sign = (uint32_t)(x & 0x8000) << 16;
  uint32_t exponent = (x >> 10) & 31;
  uint32_t mantissa = x & 1023;
  if (exponent == 0) {
    // 2^-24 of the mantissa, which float32 holds exactly.
    float small = (float)mantissa * 5.9604644775390625e-8f;
    return sign ? -small : small;
  }
  exponent = exponent == 31 ? 255 : exponent + 112;
  return float_of_bits(sign | exponent << 23 | mantissa << 13);
}

// E8M0: 2^(x - 127), no number at 255.
static inline float float_of_power(uint8_t x) {
  return float_of_bits(x == 0 ? 0x00400000 : x == 255 ? 0x7fc00000 : (uint32_t)x << 23);
}

// E4M3: a half's bits but for the exponent's bias; no number at 127 of either sign.
static inline float float_of_float8(uint8_t x) {
  if ((x & 127) == 127) {
    return float_of_bits(0x7fc00000);
  }
  return 256 * float_of_half((uint16_t)((x & 127) << 7 | (x & 128) << 8));
}

// To nearest, ties to even.
static inline uint16_t half_of_float(float x) {
  uint32_t bits = bits_of_float(x);
  uint16_t sign = (uint16_t)((bits >> 16) & 0x8000);
  uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) {
    return sign | 0x7e00;
  }
  if (magnitude >= 0x477ff000) {
    return sign | 0x7c00;
  }
  if (magnitude < 0x38800000) {
    // Adding 2^-1 leaves units of 2^-24 in the lowest bits, rounded as floats are.
    return sign | (uint16_t)(bits_of_float(float_of_bits(magnitude) + 0.5f) - 0x3f000000);
  }
  uint32_t rounded = magnitude - 0x38000000 + 0xfff + ((magnitude >> 13) & 1);
  return sign | (uint16_t)(rounded >> 13);
}

#endif
