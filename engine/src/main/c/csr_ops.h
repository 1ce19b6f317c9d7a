// Products by what is not 0 and its columns, as ops have them in common.
#ifndef ASSAY_CSR_OPS_H
#define ASSAY_CSR_OPS_H

#include <stdint.h>

typedef struct {
  const char *values;
  // Of each value, ascending within a row.
  const int16_t *places;
  // Where the values of each row begin, and the last one's end.
  const int64_t *offsets;
  int64_t rows;
  int64_t columns;
  int type;
} Csr;

// values: [n] of any type of activations; places: int16 [n], none beyond the columns; offsets: int64
// [rows + 1]. 0 where they do not fit each other.
int csr_of(const uint64_t *stack, int64_t columns, Csr *weight);

// in: [n, columns] of the weight's type, to out, [n, rows], each sum rounded once. 0 for want of memory.
int csr_product(const Csr *, const void *in, int64_t n, int threads, void *out);

#endif
