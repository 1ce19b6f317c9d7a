// Some numbers at a time, in what compilers know of vectors: one source for every processor. A file
// that includes this is compiled for one level of a processor.
#ifndef ASSAY_VECTORS_H
#define ASSAY_VECTORS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "numbers.h"
#include "torch_abi.h"

#if defined(__AVX2__) || defined(__F16C__)
#include <immintrin.h>
#endif

// As many as the level's registers hold.
#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif

typedef float F __attribute__((vector_size(4 * LANES)));
typedef int32_t I __attribute__((vector_size(4 * LANES)));
typedef uint32_t U __attribute__((vector_size(4 * LANES)));
typedef uint16_t H __attribute__((vector_size(2 * LANES)));

#define INLINE static inline __attribute__((always_inline))

INLINE F splat(float x) { return x - (F){0}; }

// Where a lane of which is all ones, that of x; that of y where it is 0.
INLINE F choose(I which, F x, F y) { return (F)((which & (I)x) | (~which & (I)y)); }

INLINE F load_floats(const float *p) {
  F x;
  memcpy(&x, p, sizeof x);
  return x;
}

INLINE void store_floats(F x, float *p) { memcpy(p, &x, sizeof x); }

// By one instruction, where compilers take halves apart and put them together.
INLINE U widened(H h) {
#if defined(__AVX512F__)
  return (U)_mm512_cvtepu16_epi32((__m256i)h);
#elif defined(__AVX2__)
  return (U)_mm256_cvtepu16_epi32((__m128i)h);
#else
  return __builtin_convertvector(h, U);
#endif
}

INLINE F load_bfloat16(const uint16_t *p) {
  H h;
  memcpy(&h, p, sizeof h);
  return (F)(widened(h) << 16);
}

INLINE void store_bfloat16(F x, uint16_t *p) {
  const U bits = (U)x;
  const U rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const U no_number = (bits >> 16) | 0x40;
  const U is_number = (U)(x == x);
  const H h = __builtin_convertvector((is_number & rounded) | (~is_number & no_number), H);
  memcpy(p, &h, sizeof h);
}

INLINE F load_half(const uint16_t *p) {
#if defined(__AVX512F__)
  return (F)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
#elif defined(__F16C__)
  return (F)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
#else
  F x;
  for (int i = 0; i < LANES; i++) {
    x[i] = float_of_half(p[i]);
  }
  return x;
#endif
}

INLINE void store_half(F x, uint16_t *p) {
#if defined(__AVX512F__)
  _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph((__m512)x, _MM_FROUND_TO_NEAREST_INT));
#elif defined(__F16C__)
  _mm_storeu_si128((__m128i *)p, _mm256_cvtps_ph((__m256)x, _MM_FROUND_TO_NEAREST_INT));
#else
  for (int i = 0; i < LANES; i++) {
    p[i] = half_of_float(x[i]);
  }
#endif
}

// n numbers of a type of activations, as floats.
INLINE void read_row(const void *from, int type, int64_t n, float *out) {
  int64_t i = 0;
  if (type == FLOAT32) {
    memcpy(out, from, (size_t)n * sizeof *out);
  } else if (type == BFLOAT16) {
    const uint16_t *p = from;
    for (; i + LANES <= n; i += LANES) {
      store_floats(load_bfloat16(p + i), out + i);
    }
    for (; i < n; i++) {
      out[i] = float_of_bfloat16(p[i]);
    }
  } else {
    const uint16_t *p = from;
    for (; i + LANES <= n; i += LANES) {
      store_floats(load_half(p + i), out + i);
    }
    for (; i < n; i++) {
      out[i] = float_of_half(p[i]);
    }
  }
}

INLINE void write_row(const float *from, int type, int64_t n, void *out) {
  int64_t i = 0;
  uint16_t *p = out;
  if (type == FLOAT32) {
    memcpy(out, from, (size_t)n * sizeof *from);
  } else if (type == BFLOAT16) {
    for (; i + LANES <= n; i += LANES) {
      store_bfloat16(load_floats(from + i), p + i);
    }
    for (; i < n; i++) {
      p[i] = bfloat16_of_float(from[i]);
    }
  } else {
    for (; i + LANES <= n; i += LANES) {
      store_half(load_floats(from + i), p + i);
    }
    for (; i < n; i++) {
      p[i] = half_of_float(from[i]);
    }
  }
}

// Of four lanes each.
typedef float F4 __attribute__((vector_size(16)));

#if defined(__clang__)
#define PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define PICK(a, b, ...) \
  __builtin_shuffle(a, b, (int32_t __attribute__((vector_size(16)))){__VA_ARGS__})
#endif

INLINE F4 fold(F x) {
  F4 parts[LANES / 4];
  memcpy(parts, &x, sizeof x);
  for (int n = LANES / 8; n > 0; n /= 2) {
    for (int i = 0; i < n; i++) {
      parts[i] += parts[n + i];
    }
  }
  return parts[0];
}

INLINE float sum_of(F x) {
  const F4 y = fold(x);
  return (y[0] + y[2]) + (y[1] + y[3]);
}

// The sums of four.
INLINE F4 sums_of(F a, F b, F c, F d) {
  const F4 x = fold(a);
  const F4 y = fold(b);
  const F4 z = fold(c);
  const F4 w = fold(d);
  const F4 xy = PICK(x, y, 0, 4, 1, 5) + PICK(x, y, 2, 6, 3, 7);
  const F4 zw = PICK(z, w, 0, 4, 1, 5) + PICK(z, w, 2, 6, 3, 7);
  return PICK(xy, zw, 0, 1, 4, 5) + PICK(xy, zw, 2, 3, 6, 7);
}

// e^x: by powers of 2 and a polynomial of the rest (Cephes, expf), within 2 units in the last place.
// What is below the least normal number comes out as 0.
INLINE F exp_of(F x) {
  const F most = splat(88.7228394f);
  const F least = splat(-87.3365479f);
  const I is_number = x == x;
  const F inside = choose(x > most, most, choose(x < least, least, x));
  // Adding 1.5 * 2^23 rounds to a whole number.
  const F shifted = inside * 1.44269504f + 12582912.0f;
  const I power = (I)shifted - 0x4b400000;
  const F whole = shifted - 12582912.0f;
  const F rest = (inside - whole * 0.693359375f) + whole * 2.12194440e-4f;
  F y = splat(1.9875691500e-4f);
  y = y * rest + 1.3981999507e-3f;
  y = y * rest + 8.3334519073e-3f;
  y = y * rest + 4.1665795894e-2f;
  y = y * rest + 1.6666665459e-1f;
  y = y * rest + 5.0000001201e-1f;
  y = y * rest * rest + rest + 1.0f;
  // In two steps, as 2^128 is no float.
  const I half = power >> 1;
  y = y * (F)((half + 127) << 23) * (F)((power - half + 127) << 23);
  y = choose(x < least, splat(0), choose(x > most, splat(INFINITY), y));
  return choose(is_number, y, x);
}

INLINE F sigmoid_of(F x) { return 1.0f / (1.0f + exp_of(-x)); }

#endif
