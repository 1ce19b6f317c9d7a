// The ops of weights of which only what is not 0 is stored, each number with its column.
#include "csr_ops.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ops.h"
#include "rooms.h"
#include "tensors.h"
#include "vector_ops.h"

// Rows that a thread takes at a time.
enum { CSR_ROWS = 16 };

int csr_of(const uint64_t *stack, int64_t columns, Csr *weight) {
  Tensor values = (Tensor)stack[0];
  Tensor places = (Tensor)stack[1];
  Tensor offsets = (Tensor)stack[2];
  *weight = (Csr){
      tensor_data(values), tensor_data(places), tensor_data(offsets), tensor_count(offsets) - 1,
      columns, tensor_dtype(values)};
  return tensor_dtype(places) == INT16 && tensor_dtype(offsets) == INT64 && weight->rows >= 0
      && tensor_count(places) == tensor_count(values)
      && weight->offsets[weight->rows] == tensor_count(values);
}

static const char *values_of(const Csr *weight, int64_t row) {
  return weight->values + weight->offsets[row] * type_bytes(weight->type);
}

// As many as lie side by side where there are so many.
static int together_of(int count) {
  return count == 1 ? 1 : count <= CSR_FEW_INPUTS ? CSR_FEW_INPUTS : CSR_INPUTS;
}

// Those of each column side by side, zeros where there are none. Some columns of a row at a time, as rows that lie a
// power of two apart drive each other from caches.
static void beside_each_other(
    const float *x, int count, int64_t columns, int together, int threads, float *out) {
  enum { SOME = 16 };
  const int64_t across = (columns + SOME - 1) / SOME;
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && count * columns > 32768)
  for (int64_t block = 0; block < across; block++) {
    const int64_t begin = block * SOME;
    const int64_t end = begin + SOME < columns ? begin + SOME : columns;
    for (int i = 0; i < together; i++) {
      for (int64_t c = begin; c < end; c++) {
        out[c * together + i] = i < count ? x[i * columns + c] : 0;
      }
    }
  }
}

// Of one input, or of several beside each other, of which `count` are wanted, to their rows of out.
static void multiply(
    const Csr *weight, const float *x, int count, int threads, float *rooms, int64_t own_floats, char *out) {
  const VectorOps *ops = vector_ops();
  const int64_t size = type_bytes(weight->type);
  const int64_t rows = weight->rows;
  const int64_t down = (rows + CSR_ROWS - 1) / CSR_ROWS;
  const int together = together_of(count);
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && weight->offsets[rows] * count > 16384)
  for (int64_t block = 0; block < down; block++) {
    const int64_t first = block * CSR_ROWS;
    const int64_t some = rows - first < CSR_ROWS ? rows - first : CSR_ROWS;
    float *sums = own_room(rooms, own_floats);
    for (int64_t r = 0; r < some; r++) {
      const int64_t at = weight->offsets[first + r];
      float row[CSR_INPUTS];
      ops->csr(
          values_of(weight, first + r), weight->type, weight->places + at,
          weight->offsets[first + r + 1] - at, x, together, row);
      for (int i = 0; i < count; i++) {
        sums[i * CSR_ROWS + r] = row[i];
      }
    }
    for (int i = 0; i < count; i++) {
      ops->write(sums + i * CSR_ROWS, weight->type, some, out + (i * rows + first) * size);
    }
  }
}

int csr_product(const Csr *weight, const void *in, int64_t n, int threads, void *out) {
  const int64_t columns = weight->columns;
  const int64_t size = type_bytes(weight->type);
  const VectorOps *ops = vector_ops();
  const char *from = in;
  char *to = out;
  const int most = n < CSR_INPUTS ? (int)n : CSR_INPUTS;
  const int64_t own_floats = CSR_ROWS * CSR_INPUTS;
  float *x = malloc((size_t)(columns * (most + together_of(most))) * sizeof(float) + 1);
  float *rooms = rooms_for(threads, own_floats);
  const int has_room = x && rooms;
  for (int64_t first = 0; has_room && first < n; first += most) {
    const int count = n - first < most ? (int)(n - first) : most;
    ops->read(from + first * columns * size, weight->type, count * columns, x);
    float *beside = x;
    if (count > 1) {
      beside = x + most * columns;
      beside_each_other(x, count, columns, together_of(count), threads, beside);
    }
    multiply(weight, beside, count, threads, rooms, own_floats, to + first * weight->rows * size);
  }
  free(x);
  free(rooms);
  return has_room;
}

// csr_mm(Tensor x, Tensor values, Tensor places, Tensor offsets, int threads) -> Tensor: [n, columns] to
// [n, rows]; no numbers where x and values are of two types, or anything does not fit.
void csr_mm_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  const int type = tensor_dtype(x);
  const int64_t n = tensor_size(x, 0);
  Csr weight;
  const int fits = csr_of(stack + 1, tensor_size(x, 1), &weight);
  Tensor y = tensor_matrix(n, weight.rows, type);
  if (!fits || type != weight.type
      || !csr_product(&weight, tensor_data(x), n, (int)stack[4], tensor_data(y))) {
    no_numbers(tensor_data(y), n * weight.rows, type);
  }
  tensor_free_all(stack, 4);
  stack[0] = (uint64_t)y;
}

// csr_values(Tensor values, Tensor places, Tensor offsets, int columns, int first, int count, int threads) ->
// Tensor: some rows, zeros and all; no numbers where anything does not fit.
void csr_values_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  const int64_t columns = (int64_t)stack[3];
  const int64_t first = (int64_t)stack[4];
  const int64_t count = (int64_t)stack[5];
  const int threads = (int)stack[6];
  Csr weight;
  const int fits = csr_of(stack, columns, &weight);
  const int64_t size = type_bytes(weight.type);
  Tensor y = tensor_matrix(count, columns, weight.type);
  char *out = tensor_data(y);
  if (!fits || first < 0 || first + count > weight.rows) {
    no_numbers(out, count * columns, weight.type);
  } else {
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && count * columns > 65536)
    for (int64_t r = 0; r < count; r++) {
      char *row = out + r * columns * size;
      memset(row, 0, (size_t)(columns * size));
      for (int64_t i = weight.offsets[first + r]; i < weight.offsets[first + r + 1]; i++) {
        memcpy(row + weight.places[i] * size, weight.values + i * size, (size_t)size);
      }
    }
  }
  tensor_free_all(stack, 3);
  stack[0] = (uint64_t)y;
}
