// Linears of a layer that is one op.
#ifndef ASSAY_LINEAR_OPS_H
#define ASSAY_LINEAR_OPS_H

#include <stdint.h>

#include "bitmask_ops.h"
#include "csr_ops.h"
#include "dense_ops.h"
#include "grid.h"
#include "torch_abi.h"

enum { BY_VALUES = 1, BY_BITS = 2, BY_PLACES = 3, BY_CODES = 4 };

typedef struct {
  int by;
  // Of the values; by codes any.
  int type;
  int64_t rows;
  int64_t columns;
  // Whether it takes what other products of the linear put between, and the first of the numbers that it takes.
  int is_behind;
  int64_t from;
  // Whether it puts its own there, and the place of the first one.
  int is_between;
  int64_t to;
  Dense dense;
  Bitmask bitmask;
  Csr csr;
  Grid grid;
  Table table;
  int input_bits;
  int top;
} Product;

// Two for each of queries, keys and values, and some more.
enum { MOST_PRODUCTS = 8 };

// Products side by side, some of them behind others, which come before them.
typedef struct {
  int64_t count;
  // Widths of what goes in, comes out and is between.
  int64_t columns;
  int64_t rows;
  int64_t between;
  Product products[MOST_PRODUCTS];
} Linear;

// Of what the ops of linears make, uint8 [products, bytes]. 0 where it is none.
int linear_of(Tensor packed, Linear *);

// Whether activations may be of a type.
int linear_takes(const Linear *, int type);

// in: [n, columns] of a type that it takes, to out, [n, rows], each product as its op gives it. 0 for want of
// memory.
int linear_product(const Linear *, const void *in, int type, int64_t n, int threads, void *out);

#endif
