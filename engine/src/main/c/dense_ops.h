// Products by values, as ops have them in common.
#ifndef ASSAY_DENSE_OPS_H
#define ASSAY_DENSE_OPS_H

#include <stdint.h>

// A weight, [rows, columns], one row after the other.
typedef struct {
  const void *values;
  int64_t rows;
  int64_t columns;
} Dense;

// in: [n, columns] of the weight's type, to out, [n, rows], each sum rounded once. 0 for want of memory.
int dense_product(const Dense *, const void *in, int type, int64_t n, int threads, void *out);

// Of each whole block of DENSE_BLOCK inputs the even ones before the odd, as rows of bfloat16 are multiplied by.
void evens_first(float *row, int64_t columns);

#endif
