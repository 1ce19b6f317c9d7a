// Products by what is not 0, as ops have them in common.
#ifndef ASSAY_BITMASK_OPS_H
#define ASSAY_BITMASK_OPS_H

#include <stdint.h>

typedef struct {
  const char *values;
  const uint8_t *bits;
  // Where the values of each row begin, and the last one's end.
  const int64_t *offsets;
  int64_t rows;
  int64_t columns;
  int type;
} Bitmask;

// values: [n + SPREAD_PAST] of any type of activations; bits: uint8 [rows, bytes], the first column in the
// lowest bit; offsets: int64 [rows + 1]. 0 where they do not fit each other.
int bitmask_of(const uint64_t *stack, int64_t columns, Bitmask *weight);

// in: [n, columns] of the weight's type, to out, [n, rows]. Each row is multiplied as values are, to
// the last bit. 0 for want of memory.
int bitmask_product(const Bitmask *, const void *in, int64_t n, int threads, void *out);

#endif
