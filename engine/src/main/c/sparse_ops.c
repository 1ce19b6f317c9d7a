// The op of sparse values beside products.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "ops.h"
#include "rooms.h"
#include "tensors.h"
#include "vector_ops.h"

// sparse_add(Tensor base, Tensor x, Tensor offsets, Tensor columns, Tensor values, int threads) -> Tensor
// base: float32 [n, rows], to which products of x, [n, columns], and sparse values go; offsets: int32
// [rows + 1], where the values of a row begin; columns: int32; values: float32 -> [n, rows] of x's type.
void sparse_add_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[1];
  const int type = tensor_dtype(x);
  const int64_t n = tensor_size(x, 0);
  const int64_t width = tensor_size(x, 1);
  const int64_t rows = tensor_size((Tensor)stack[0], 1);
  const float *base = tensor_data((Tensor)stack[0]);
  const char *in = tensor_data(x);
  const int32_t *offsets = tensor_data((Tensor)stack[2]);
  const int32_t *columns = tensor_data((Tensor)stack[3]);
  const float *values = tensor_data((Tensor)stack[4]);
  const int threads = (int)stack[5];
  const VectorOps *ops = vector_ops();
  Tensor y = tensor_matrix(n, rows, type);
  char *out = tensor_data(y);
  float *rooms = rooms_for(threads, width + rows);
  if (!rooms) {
    no_numbers(out, n * rows, type);
  } else {
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && n > 1)
    for (int64_t i = 0; i < n; i++) {
      float *own = own_room(rooms, width + rows);
      float *sums = own + width;
      ops->read(in + i * width * type_bytes(type), type, width, own);
      for (int64_t r = 0; r < rows; r++) {
        float sum = base[i * rows + r];
        for (int32_t at = offsets[r]; at < offsets[r + 1]; at++) {
          sum += values[at] * own[columns[at]];
        }
        sums[r] = sum;
      }
      ops->write(sums, type, rows, out + i * rows * type_bytes(type));
    }
    free(rooms);
  }
  tensor_free_all(stack, 5);
  stack[0] = (uint64_t)y;
}
