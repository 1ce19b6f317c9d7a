// The op that only reads, for the bandwidth of memory.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ops.h"
#include "tensors.h"

enum { WORDS = 32 };

// So many words that compilers make vectors of them.
static uint64_t read_words(const char *from, int64_t bytes) {
  uint64_t found[WORDS] = {0};
  uint64_t all = 0;
  int64_t i = 0;
  for (; i + (int64_t)sizeof found <= bytes; i += (int64_t)sizeof found) {
    uint64_t words[WORDS];
    memcpy(words, from + i, sizeof words);
    for (int w = 0; w < WORDS; w++) {
      found[w] ^= words[w];
    }
  }
  for (int w = 0; w < WORDS; w++) {
    all ^= found[w];
  }
  for (; i < bytes; i++) {
    all ^= (uint64_t)(uint8_t)from[i] << i % 8 * 8;
  }
  return all;
}

// read_bytes(Tensor x, int threads) -> int: reads all that a contiguous tensor holds; what comes out is
// the exclusive or of its words, so that nothing is left out.
void read_bytes_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  const int64_t threads = (int64_t)stack[1];
  const int64_t bytes = tensor_count(x) * type_bytes(tensor_dtype(x));
  const char *data = tensor_data(x);
  const int64_t words = (int64_t)sizeof(uint64_t) * WORDS;
  const int64_t part = (bytes / threads + words - 1) / words * words;
  uint64_t all = 0;
#pragma omp parallel for schedule(static) num_threads((int)threads) reduction(^ : all) if (threads > 1)
  for (int64_t i = 0; i < threads; i++) {
    const int64_t left = bytes - i * part;
    if (left > 0) {
      all ^= read_words(data + i * part, left < part ? left : part);
    }
  }
  tensor_free_all(stack, 1);
  stack[0] = all;
}
