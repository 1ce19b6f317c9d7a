// What ops see of libtorch's tensors, all on the processor.
#ifndef ASSAY_TENSORS_H
#define ASSAY_TENSORS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "torch_abi.h"

static inline void *tensor_data(Tensor tensor) {
  void *pointer = NULL;
  aoti_torch_get_data_ptr(tensor, &pointer);
  return pointer;
}

static inline int tensor_dtype(Tensor tensor) {
  int32_t type = -1;
  aoti_torch_get_dtype(tensor, &type);
  return type;
}

static inline int64_t tensor_axes(Tensor tensor) {
  int64_t axes = 0;
  aoti_torch_get_dim(tensor, &axes);
  return axes;
}

static inline int64_t tensor_size(Tensor tensor, int axis) {
  int64_t *sizes = NULL;
  aoti_torch_get_sizes(tensor, &sizes);
  return sizes[axis];
}

// In elements.
static inline int64_t tensor_stride(Tensor tensor, int axis) {
  int64_t *strides = NULL;
  aoti_torch_get_strides(tensor, &strides);
  return strides[axis];
}

static inline int64_t tensor_count(Tensor tensor) {
  int64_t *sizes = NULL;
  const int64_t axes = tensor_axes(tensor);
  int64_t all = 1;
  aoti_torch_get_sizes(tensor, &sizes);
  for (int64_t i = 0; i < axes; i++) {
    all *= sizes[i];
  }
  return all;
}

static inline Tensor tensor_matrix(int64_t rows, int64_t columns, int type) {
  int64_t sizes[] = {rows, columns};
  int64_t strides[] = {columns, 1};
  Tensor tensor = NULL;
  aoti_torch_empty_strided(2, sizes, strides, type, 0, 0, &tensor);
  return tensor;
}

// Of another's sizes and type, one row after the other.
static inline Tensor tensor_like(Tensor other) {
  enum { MOST_AXES = 8 };
  int64_t *sizes = NULL;
  int64_t strides[MOST_AXES];
  const int64_t axes = tensor_axes(other);
  int64_t step = 1;
  aoti_torch_get_sizes(other, &sizes);
  for (int64_t i = axes - 1; i >= 0; i--) {
    strides[i] = step;
    step *= sizes[i];
  }
  Tensor tensor = NULL;
  aoti_torch_empty_strided(axes, sizes, strides, tensor_dtype(other), 0, 0, &tensor);
  return tensor;
}

// Of a float of a script, which are doubles.
static inline float float_argument(uint64_t word) {
  double x;
  memcpy(&x, &word, sizeof x);
  return (float)x;
}

// An op owns the tensors that it is given.
static inline void tensor_free_all(const uint64_t *stack, int tensors) {
  for (int i = 0; i < tensors; i++) {
    aoti_torch_delete_tensor_object((Tensor)stack[i]);
  }
}

// For want of memory.
static inline void no_numbers(void *out, int64_t n, int type) {
  memset(out, 255, (size_t)(n * type_bytes(type)));
}

#endif
