// Products by what is not 0 of a row, each number with its column; included by one file for each
// level.
#include "vector_ops.h"
#include "vectors.h"

// Numbers that are floats at a time.
enum { CSR_CHUNK = 64 };

// Of one input. Several sums, as none waits for the one before it.
static float csr_one(
    const char *values, int type, const int16_t *columns, int64_t count, const float *x) {
  enum { SUMS = 8 };
  float sums[SUMS] = {0};
  for (int64_t from = 0; from < count; from += CSR_CHUNK) {
    const int64_t some = count - from < CSR_CHUNK ? count - from : CSR_CHUNK;
    float chunk[CSR_CHUNK];
    read_row(values + from * type_bytes(type), type, some, chunk);
    const int16_t *at = columns + from;
    int64_t i = 0;
    for (; i + SUMS <= some; i += SUMS) {
      for (int s = 0; s < SUMS; s++) {
        sums[s] += chunk[i + s] * x[at[i + s]];
      }
    }
    for (; i < some; i++) {
      sums[0] += chunk[i] * x[at[i]];
    }
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

// Of inputs that lie side by side for each column, how many is a constant where it is inlined. Few vectors of them
// have several sums each.
INLINE void csr_some(
    const char *values, int type, const int16_t *columns, int64_t count, const float *x, const int inputs,
    float *out) {
  const int vectors = inputs / LANES;
  const int turns = vectors < 4 ? 4 / vectors : 1;
  F sums[CSR_INPUTS / LANES][4];
  for (int v = 0; v < vectors; v++) {
    for (int t = 0; t < turns; t++) {
      sums[v][t] = splat(0);
    }
  }
#define ADD(i, turn)                                                   \
  {                                                                    \
    const F value = splat(chunk[i]);                                   \
    const float *in = x + (int64_t)columns[from + (i)] * inputs;       \
    for (int v = 0; v < vectors; v++) {                                \
      sums[v][turn] += value * load_floats(in + v * LANES);            \
    }                                                                  \
  }
  for (int64_t from = 0; from < count; from += CSR_CHUNK) {
    const int64_t some = count - from < CSR_CHUNK ? count - from : CSR_CHUNK;
    float chunk[CSR_CHUNK];
    read_row(values + from * type_bytes(type), type, some, chunk);
    int64_t i = 0;
    for (; i + turns <= some; i += turns) {
      for (int t = 0; t < turns; t++) {
        ADD(i + t, t)
      }
    }
    for (; i < some; i++) {
      ADD(i, 0)
    }
  }
#undef ADD
  for (int v = 0; v < vectors; v++) {
    for (int t = 1; t < turns; t++) {
      sums[v][0] += sums[v][t];
    }
    store_floats(sums[v][0], out + v * LANES);
  }
}

static void csr(
    const void *values, int type, const int16_t *columns, int64_t count, const float *x, int inputs,
    float *out) {
  switch (inputs) {
    case 1: *out = csr_one(values, type, columns, count, x); break;
    case CSR_FEW_INPUTS:
      csr_some(values, type, columns, count, x, CSR_FEW_INPUTS, out);
      break;
    default: csr_some(values, type, columns, count, x, CSR_INPUTS, out); break;
  }
}
