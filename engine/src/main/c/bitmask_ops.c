// The ops of weights of which only what is not 0 is stored, under a bit for each.
#include "bitmask_ops.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dense_ops.h"
#include "ops.h"
#include "rooms.h"
#include "tensors.h"
#include "vector_ops.h"

// Rows that a thread takes at a time.
enum { BITMASK_ROWS = 16 };

int bitmask_of(const uint64_t *stack, int64_t columns, Bitmask *weight) {
  Tensor values = (Tensor)stack[0];
  Tensor bits = (Tensor)stack[1];
  Tensor offsets = (Tensor)stack[2];
  *weight = (Bitmask){
      tensor_data(values), tensor_data(bits), tensor_data(offsets), tensor_size(bits, 0), columns,
      tensor_dtype(values)};
  return tensor_size(bits, 1) == (columns + 7) / 8 && tensor_count(offsets) == weight->rows + 1
      && weight->offsets[weight->rows] + SPREAD_PAST <= tensor_count(values);
}

static const void *values_of(const Bitmask *weight, int64_t row) {
  return weight->values + weight->offsets[row] * type_bytes(weight->type);
}

static const uint8_t *bits_of(const Bitmask *weight, int64_t row) {
  return weight->bits + row * ((weight->columns + 7) / 8);
}

// A row is multiplied by several inputs in a room that stays in the nearest cache.
int bitmask_product(
    const Bitmask *weight, const void *in, int64_t n, int threads, void *out) {
  const int64_t rows = weight->rows;
  const int64_t columns = weight->columns;
  const int64_t down = (rows + BITMASK_ROWS - 1) / BITMASK_ROWS;
  const int64_t size = type_bytes(weight->type);
  const int64_t own_floats = columns + n * BITMASK_ROWS;
  const VectorOps *ops = vector_ops();
  char *to = out;
  float *x = malloc((size_t)(n * columns) * sizeof(float) + 1);
  float *rooms = rooms_for(threads, own_floats);
  const int has_room = x && rooms;
  if (has_room) {
    ops->read(in, weight->type, n * columns, x);
    for (int64_t i = 0; weight->type == BFLOAT16 && i < n; i++) {
      evens_first(x + i * columns, columns);
    }
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && n * rows * columns > 65536)
    for (int64_t block = 0; block < down; block++) {
      const int64_t first = block * BITMASK_ROWS;
      const int64_t some = rows - first < BITMASK_ROWS ? rows - first : BITMASK_ROWS;
      float *row = own_room(rooms, own_floats);
      float *sums = row + columns;
      for (int64_t r = 0; r < some; r++) {
        ops->bitmask(
            values_of(weight, first + r), bits_of(weight, first + r), weight->type, columns, x, (int)n,
            columns, row, sums + r, BITMASK_ROWS);
      }
      for (int64_t i = 0; i < n; i++) {
        ops->write(sums + i * BITMASK_ROWS, weight->type, some, to + (i * rows + first) * size);
      }
    }
  }
  free(x);
  free(rooms);
  return has_room;
}

// bitmask_mm(Tensor x, Tensor values, Tensor bits, Tensor offsets, int threads) -> Tensor: [n, columns] to
// [n, rows]; no numbers where x and values are of two types, or anything does not fit.
void bitmask_mm_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  const int type = tensor_dtype(x);
  const int64_t n = tensor_size(x, 0);
  Bitmask weight;
  const int fits = bitmask_of(stack + 1, tensor_size(x, 1), &weight);
  Tensor y = tensor_matrix(n, weight.rows, type);
  if (!fits || type != weight.type
      || !bitmask_product(&weight, tensor_data(x), n, (int)stack[4], tensor_data(y))) {
    no_numbers(tensor_data(y), n * weight.rows, type);
  }
  tensor_free_all(stack, 4);
  stack[0] = (uint64_t)y;
}

// bitmask_values(Tensor values, Tensor bits, Tensor offsets, int columns, int first, int count, int threads)
// -> Tensor: some rows, zeros and all; no numbers where anything does not fit.
void bitmask_values_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  const int64_t columns = (int64_t)stack[3];
  const int64_t first = (int64_t)stack[4];
  const int64_t count = (int64_t)stack[5];
  const int threads = (int)stack[6];
  Bitmask weight;
  const int fits = bitmask_of(stack, columns, &weight);
  Tensor y = tensor_matrix(count, columns, weight.type);
  char *out = tensor_data(y);
  if (!fits || first < 0 || first + count > weight.rows) {
    no_numbers(out, count * columns, weight.type);
  } else {
    const VectorOps *ops = vector_ops();
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && count * columns > 65536)
    for (int64_t r = 0; r < count; r++) {
      ops->spread(
          values_of(&weight, first + r), weight.type, bits_of(&weight, first + r), columns,
          out + r * columns * type_bytes(weight.type));
    }
  }
  tensor_free_all(stack, 3);
  stack[0] = (uint64_t)y;
}
