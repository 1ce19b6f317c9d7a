// As much of libtorch's C ABI as ops need, on plain memory, so that they run without libtorch.
#ifndef ASSAY_FAKE_TORCH_H
#define ASSAY_FAKE_TORCH_H

#include <stdint.h>

#include "torch_abi.h"

// A tensor of memory that stays the caller's, or of its own where data is null. Strides in elements; null
// for one row after the other.
Tensor fake_tensor(
    void *data, int type, int axes, const int64_t *sizes, const int64_t *strides);

// Tensors that nobody has deleted.
int64_t fake_tensors_alive(void);

#endif
