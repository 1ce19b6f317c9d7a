// What a linear is, for ops of whole layers. Its tensors have to outlive it.
#include "linear_ops.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grid_ops.h"
#include "ops.h"
#include "tensors.h"

static int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }

// Whether there are products, and the widths that they make.
static int measure(Linear *linear) {
  linear->columns = 0;
  linear->rows = 0;
  linear->between = 0;
  for (int i = 0; i < linear->count; i++) {
    const Product *product = linear->products + i;
    const int64_t end = product->from + product->columns;
    if (product->by == 0 || (product->is_behind && (product->is_between || end > linear->between))) {
      return 0;
    }
    if (!product->is_behind) {
      linear->columns = greater(linear->columns, end);
    }
    *(product->is_between ? &linear->between : &linear->rows) += product->rows;
  }
  return linear->count > 0;
}

int linear_of(Tensor packed, Linear *linear) {
  const int64_t bytes = (int64_t)sizeof(Product);
  memset(linear, 0, sizeof *linear);
  if (tensor_dtype(packed) != UINT8 || tensor_axes(packed) != 2 || tensor_size(packed, 1) != bytes
      || tensor_size(packed, 0) > MOST_PRODUCTS) {
    return 0;
  }
  linear->count = tensor_size(packed, 0);
  memcpy(linear->products, tensor_data(packed), (size_t)(linear->count * bytes));
  for (int i = 0; i < linear->count; i++) {
    Product *product = linear->products + i;
    // The grid says that there is a table; it lies here now.
    product->grid.table = product->grid.table ? &product->table : NULL;
  }
  return measure(linear);
}

int linear_takes(const Linear *linear, int type) {
  for (int i = 0; i < linear->count; i++) {
    const Product *product = linear->products + i;
    if (product->by != BY_CODES && product->type != type) {
      return 0;
    }
  }
  return linear->count > 0;
}

static int multiply(
    const Product *product, const void *in, int type, int64_t n, int threads, void *out) {
  switch (product->by) {
    case BY_VALUES: return dense_product(&product->dense, in, type, n, threads, out);
    case BY_BITS: return bitmask_product(&product->bitmask, in, n, threads, out);
    case BY_PLACES: return csr_product(&product->csr, in, n, threads, out);
    default:
      return grid_product(
          &product->grid, in, type, n, product->input_bits, product->top, threads, out);
  }
}

// Some columns of rows: n times so many bytes, which lie strides apart.
static void copy_columns(
    const char *from, int64_t from_stride, int64_t n, int64_t bytes, char *to, int64_t to_stride) {
  for (int64_t i = 0; i < n; i++) {
    memcpy(to + i * to_stride, from + i * from_stride, (size_t)bytes);
  }
}

// Where rows of it are rows of what it takes and gives, nothing is copied. room: for n of its columns and rows.
static int multiply_part(
    const Product *product, const char *in, int64_t in_bytes, int type, int64_t n, int threads,
    char *room, char *out, int64_t out_bytes) {
  const int64_t size = type_bytes(type);
  const int64_t taken = product->columns * size;
  const int64_t given = product->rows * size;
  const char *from = in + product->from * size;
  char *to = out + product->to * size;
  char *whole = room + n * taken;
  if (n > 1 && taken < in_bytes) {
    copy_columns(from, in_bytes, n, taken, room, taken);
    from = room;
  }
  const int is_apart = n > 1 && given < out_bytes;
  const int done = multiply(product, from, type, n, threads, is_apart ? whole : to);
  if (done && is_apart) {
    copy_columns(whole, given, n, given, to, out_bytes);
  }
  return done;
}

int linear_product(
    const Linear *linear, const void *in, int type, int64_t n, int threads, void *out) {
  const int64_t size = type_bytes(type);
  const int64_t columns = linear->columns * size;
  const int64_t rows = linear->rows * size;
  const int64_t inner = linear->between * size;
  if (linear->count == 1 && linear->columns == linear->products[0].columns) {
    return multiply(linear->products, in, type, n, threads, out);
  }
  char *between = malloc((size_t)(n * (inner + greater(columns, inner) + greater(rows, inner))) + 1);
  if (!between) {
    return 0;
  }
  char *room = between + n * inner;
  int done = 1;
  for (int i = 0; done && i < linear->count; i++) {
    const Product *product = linear->products + i;
    done = multiply_part(
        product, product->is_behind ? between : in, product->is_behind ? inner : columns, type, n,
        threads, room, product->is_between ? between : out, product->is_between ? inner : rows);
  }
  free(between);
  return done;
}

static Product *product_in(Tensor packed) {
  // Where tensors lie a struct may.
  Product *product = tensor_data(packed);
  memset(product, 0, sizeof *product);
  return product;
}

// dense_linear(Tensor weight) -> Tensor: uint8 [1, bytes].
void dense_linear_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor weight = (Tensor)stack[0];
  Tensor packed = tensor_matrix(1, (int64_t)sizeof(Product), UINT8);
  Product *product = product_in(packed);
  product->by = BY_VALUES;
  product->type = tensor_dtype(weight);
  product->rows = tensor_size(weight, 0);
  product->columns = tensor_size(weight, 1);
  product->dense = (Dense){tensor_data(weight), product->rows, product->columns};
  tensor_free_all(stack, 1);
  stack[0] = (uint64_t)packed;
}

// bitmask_linear(Tensor values, Tensor bits, Tensor offsets, int columns) -> Tensor: uint8 [1, bytes], of which
// nothing is a linear where they do not fit each other.
void bitmask_linear_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor packed = tensor_matrix(1, (int64_t)sizeof(Product), UINT8);
  Product *product = product_in(packed);
  product->by = bitmask_of(stack, (int64_t)stack[3], &product->bitmask) ? BY_BITS : 0;
  product->type = product->bitmask.type;
  product->rows = product->bitmask.rows;
  product->columns = product->bitmask.columns;
  tensor_free_all(stack, 3);
  stack[0] = (uint64_t)packed;
}

// csr_linear(Tensor values, Tensor places, Tensor offsets, int columns) -> Tensor: as bitmask_linear.
void csr_linear_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor packed = tensor_matrix(1, (int64_t)sizeof(Product), UINT8);
  Product *product = product_in(packed);
  product->by = csr_of(stack, (int64_t)stack[3], &product->csr) ? BY_PLACES : 0;
  product->type = product->csr.type;
  product->rows = product->csr.rows;
  product->columns = product->csr.columns;
  tensor_free_all(stack, 3);
  stack[0] = (uint64_t)packed;
}

// grid_linear: codes as grid_mm has them, and how it takes its inputs -> uint8 [1, bytes].
void grid_linear_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  enum { TENSORS = 4 };
  Tensor packed = tensor_matrix(1, (int64_t)sizeof(Product), UINT8);
  Product *product = product_in(packed);
  product->by = BY_CODES;
  product->grid = grid_of(stack, stack + TENSORS, &product->table);
  product->rows = product->grid.rows;
  product->columns = product->grid.columns;
  product->input_bits = (int)stack[8];
  product->top = (int)stack[9];
  tensor_free_all(stack, TENSORS);
  stack[0] = (uint64_t)packed;
}

// The products of two tensors that the ops above and below make, one after the other; none where either has
// none.
static Tensor joined(Tensor first, Tensor second, Linear *before, Linear *after) {
  const int fit = linear_of(first, before) && linear_of(second, after)
      && before->count + after->count <= MOST_PRODUCTS;
  const int64_t count = fit ? before->count + after->count : 0;
  Tensor packed = tensor_matrix(count, (int64_t)sizeof(Product), UINT8);
  Product *products = tensor_data(packed);
  if (count > 0) {
    memcpy(products, before->products, (size_t)before->count * sizeof(Product));
    memcpy(products + before->count, after->products, (size_t)after->count * sizeof(Product));
  }
  return packed;
}

// linear_beside(Tensor first, Tensor second) -> Tensor: linears of one input, their outputs side by side.
void linear_beside_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Linear before;
  Linear after;
  Tensor packed = joined((Tensor)stack[0], (Tensor)stack[1], &before, &after);
  Product *products = tensor_data(packed);
  for (int64_t i = before.count; i < tensor_size(packed, 0); i++) {
    products[i].to += products[i].is_between ? before.between : before.rows;
    products[i].from += products[i].is_behind ? before.between : 0;
  }
  tensor_free_all(stack, 2);
  stack[0] = (uint64_t)packed;
}

// linear_behind(Tensor first, Tensor second) -> Tensor: a linear that takes all that another puts out; none where
// either has something between already.
void linear_behind_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Linear before;
  Linear after;
  Tensor packed = joined((Tensor)stack[0], (Tensor)stack[1], &before, &after);
  Product *products = tensor_data(packed);
  for (int64_t i = 0; i < tensor_size(packed, 0); i++) {
    products[i].is_between = products[i].is_between || i < before.count;
    products[i].is_behind = products[i].is_behind || i >= before.count;
    if (before.rows != after.columns) {
      products[i].by = 0;
    }
  }
  tensor_free_all(stack, 2);
  stack[0] = (uint64_t)packed;
}

// linear_narrowed(Tensor linear, int first) -> Tensor: of an input's columns from one on.
void linear_narrowed_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Linear linear;
  const int64_t count = linear_of((Tensor)stack[0], &linear) ? linear.count : 0;
  Tensor packed = tensor_matrix(count, (int64_t)sizeof(Product), UINT8);
  Product *products = tensor_data(packed);
  for (int64_t i = 0; i < count; i++) {
    products[i] = linear.products[i];
    products[i].from += products[i].is_behind ? 0 : (int64_t)stack[1];
  }
  tensor_free_all(stack, 1);
  stack[0] = (uint64_t)packed;
}
