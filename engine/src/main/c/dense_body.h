// Products by values, a row of a weight at a time; included by one file for each level.
#include "vector_ops.h"
#include "vectors.h"

// Of bfloat16 pairs are read.
INLINE F numbers_at(const char *from, const int type, int64_t at) {
  const char *p = from + at * type_bytes(type);
  return type == FLOAT32 ? load_floats((const float *)p) : load_half((const uint16_t *)p);
}

INLINE float value_at(const char *from, const int type, int64_t at) {
  float x;
  read_row(from + at * type_bytes(type), type, 1, &x);
  return x;
}

// Of a row and an input, so many vectors of each at a time.
enum { MOST_SUMS = 4 };

typedef F Sums[MOST_SUMS][MOST_SUMS];

INLINE void no_sums(const int n, const int vectors, Sums sums) {
  for (int j = 0; j < n; j++) {
    for (int v = 0; v < vectors; v++) {
      sums[j][v] = splat(0);
    }
  }
}

// The sums, and what is left of the row, whose inputs lie in order.
INLINE void finish(
    const char *weight, const int type, int64_t from, int64_t columns, const float *x, int64_t stride,
    const int n, const int vectors, Sums sums, float *out, int64_t step) {
  for (int j = 0; j < n; j++) {
    F all = sums[j][0];
    for (int v = 1; v < vectors; v++) {
      all += sums[j][v];
    }
    float sum = sum_of(all);
    for (int64_t i = from; i < columns; i++) {
      sum += value_at(weight, type, i) * x[j * stride + i];
    }
    out[j * step] = sum;
  }
}

// Of a row, which is read from its beginning to its end as memory likes it, and n inputs, so many vectors
// at a time; both are constants where it is inlined.
INLINE void dense_row(
    const char *weight, const int type, int64_t columns, const float *x, int64_t stride, const int n,
    const int vectors, float *out, int64_t step) {
  Sums sums;
  no_sums(n, vectors, sums);
  int64_t i = 0;
  for (; i + vectors * LANES <= columns; i += vectors * LANES) {
    for (int v = 0; v < vectors; v++) {
      const F w = numbers_at(weight, type, i + v * LANES);
      for (int j = 0; j < n; j++) {
        sums[j][v] += w * load_floats(x + j * stride + i + v * LANES);
      }
    }
  }
  for (; i + LANES <= columns; i += LANES) {
    const F w = numbers_at(weight, type, i);
    for (int j = 0; j < n; j++) {
      sums[j][0] += w * load_floats(x + j * stride + i);
    }
  }
  finish(weight, type, i, columns, x, stride, n, vectors, sums, out, step);
}

// The same of bfloat16, two of which lie in a word: the first one's bits are moved up, the second one's stay.
// Of the inputs' whole blocks the even ones lie before the odd.
INLINE void dense_pairs(
    const char *weight, int64_t columns, const float *x, int64_t stride, const int n, const int units,
    float *out, int64_t step) {
  enum { UNIT = 2 * LANES };
  const int64_t whole = columns / DENSE_BLOCK * DENSE_BLOCK;
  Sums sums;
  no_sums(n, units, sums);
  int64_t i = 0;
#define PAIRS(u, sum)                                                          \
  {                                                                            \
    const int64_t at = i + (u) * UNIT;                                         \
    const int64_t place = at / DENSE_BLOCK * DENSE_BLOCK + at % DENSE_BLOCK / 2; \
    U w;                                                                       \
    memcpy(&w, weight + 2 * at, sizeof w);                                     \
    const F even = (F)(w << 16);                                               \
    const F odd = (F)(w & 0xffff0000u);                                        \
    for (int j = 0; j < n; j++) {                                              \
      const float *in = x + j * stride + place;                                \
      sums[j][sum] += even * load_floats(in);                                  \
      sums[j][sum] += odd * load_floats(in + DENSE_BLOCK / 2);                 \
    }                                                                          \
  }
  for (; i + units * UNIT <= whole; i += units * UNIT) {
    for (int u = 0; u < units; u++) {
      PAIRS(u, u)
    }
  }
  for (; i < whole; i += UNIT) {
    PAIRS(0, 0)
  }
#undef PAIRS
  finish(weight, BFLOAT16, whole, columns, x, stride, n, units, sums, out, step);
}

INLINE void dense_some(
    const char *weight, const int type, int64_t columns, const float *x, int64_t stride, const int n,
    const int vectors, float *out, int64_t step) {
  if (type == BFLOAT16) {
    dense_pairs(weight, columns, x, stride, n, vectors, out, step);
  } else {
    dense_row(weight, type, columns, x, stride, n, vectors, out, step);
  }
}

INLINE void dense_of_type(
    const char *weight, const int type, int64_t columns, const float *x, int n, int64_t stride,
    float *out, int64_t step) {
  enum { TOGETHER = 4 };
  int j = 0;
  for (; j + TOGETHER <= n; j += TOGETHER) {
    dense_some(weight, type, columns, x + j * stride, stride, TOGETHER, 2, out + j * step, step);
  }
  for (; j < n; j++) {
    dense_some(weight, type, columns, x + j * stride, stride, 1, 4, out + j * step, step);
  }
}

static void dense(
    const void *weight, int type, int64_t columns, const float *x, int n, int64_t stride, float *out,
    int64_t step) {
  switch (type) {
    case FLOAT32: dense_of_type(weight, FLOAT32, columns, x, n, stride, out, step); break;
    case BFLOAT16: dense_of_type(weight, BFLOAT16, columns, x, n, stride, out, step); break;
    default: dense_of_type(weight, FLOAT16, columns, x, n, stride, out, step); break;
  }
}
