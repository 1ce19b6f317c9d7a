// The op of products by values.
#include "dense_ops.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ops.h"
#include "rooms.h"
#include "tensors.h"
#include "vector_ops.h"

// Rows that a thread takes at a time.
enum { DENSE_ROWS = 16 };

static void apart(float *block) {
  float odd[DENSE_BLOCK / 2];
  for (int i = 0; i < DENSE_BLOCK / 2; i++) {
    odd[i] = block[2 * i + 1];
    block[i] = block[2 * i];
  }
  memcpy(block + DENSE_BLOCK / 2, odd, sizeof odd);
}

void evens_first(float *row, int64_t columns) {
  for (int64_t c = 0; c + DENSE_BLOCK <= columns; c += DENSE_BLOCK) {
    apart(row + c);
  }
}

int dense_product(
    const Dense *weight, const void *in, int type, int64_t n, int threads, void *out) {
  const int64_t rows = weight->rows;
  const int64_t columns = weight->columns;
  const int64_t down = (rows + DENSE_ROWS - 1) / DENSE_ROWS;
  const int64_t size = type_bytes(type);
  const char *values = weight->values;
  char *to = out;
  const VectorOps *ops = vector_ops();
  float *room = malloc((size_t)(n * (columns + threads * DENSE_ROWS)) * sizeof(float) + 1);
  if (!room) {
    return 0;
  }
  float *x = room;
  float *sums = room + n * columns;
  ops->read(in, type, n * columns, x);
  for (int64_t i = 0; type == BFLOAT16 && i < n; i++) {
    evens_first(x + i * columns, columns);
  }
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && n * rows * columns > 65536)
  for (int64_t block = 0; block < down; block++) {
    const int64_t first = block * DENSE_ROWS;
    const int64_t some = rows - first < DENSE_ROWS ? rows - first : DENSE_ROWS;
    float *own = own_room(sums, n * DENSE_ROWS);
    for (int64_t r = 0; r < some; r++) {
      ops->dense(
          values + (first + r) * columns * size, type, columns, x, (int)n, columns, own + r,
          DENSE_ROWS);
    }
    for (int64_t i = 0; i < n; i++) {
      ops->write(own + i * DENSE_ROWS, type, some, to + (i * rows + first) * size);
    }
  }
  free(room);
  return 1;
}

// dense_mm(Tensor x, Tensor weight, int threads) -> Tensor: [n, columns] and [rows, columns], contiguous, of
// one type, to [n, rows]; no numbers where they are of two types or widths.
void dense_mm_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  Tensor weight = (Tensor)stack[1];
  const int type = tensor_dtype(x);
  const int64_t n = tensor_size(x, 0);
  const Dense dense = {tensor_data(weight), tensor_size(weight, 0), tensor_size(weight, 1)};
  Tensor y = tensor_matrix(n, dense.rows, type);
  const int alike = tensor_dtype(weight) == type && tensor_size(x, 1) == dense.columns;
  if (!alike || !dense_product(&dense, tensor_data(x), type, n, (int)stack[2], tensor_data(y))) {
    no_numbers(tensor_data(y), n * dense.rows, type);
  }
  tensor_free_all(stack, 2);
  stack[0] = (uint64_t)y;
}
