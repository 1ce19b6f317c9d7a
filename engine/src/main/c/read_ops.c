// The op that only reads, for the bandwidth of memory.
#include <stdint.h>

#include "ops.h"
#include "tensors.h"
#include "vector_ops.h"

// What a part ends with, so that vectors are whole in all but the last.
enum { PART_BYTES = 4096 };

// read_bytes(Tensor x, int threads) -> int: reads all that a contiguous tensor of floats holds; what comes out
// is the exclusive or of its words, so that nothing is left out.
void read_bytes_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  const int64_t threads = (int64_t)stack[1];
  const int64_t bytes = tensor_count(x) * type_bytes(tensor_dtype(x));
  const int64_t each = threads * PART_BYTES;
  const int64_t part = (bytes + each - 1) / each * PART_BYTES;
  const char *data = tensor_data(x);
  const VectorOps *ops = vector_ops();
  uint64_t all = 0;
#pragma omp parallel for schedule(static) num_threads((int)threads) reduction(^ : all) if (threads > 1)
  for (int64_t i = 0; i < threads; i++) {
    const int64_t left = bytes - i * part;
    if (left > 0) {
      all ^= ops->words(data + i * part, left < part ? left : part);
    }
  }
  tensor_free_all(stack, 1);
  stack[0] = all;
}
