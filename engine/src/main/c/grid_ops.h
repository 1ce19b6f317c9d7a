// What ops of products by codes have in common.
#ifndef ASSAY_GRID_OPS_H
#define ASSAY_GRID_OPS_H

#include <stdint.h>

#include "grid.h"

// Rows of inputs that lie there as integers at a time: a row of tiles is read once for all of them.
enum { INPUT_ROWS = 64 };

// For the processor's level in use.
TileProduct tile_product(void);

// codes, scales, zeros, table at stack[0]; then bits, group, rows, columns. An empty tensor of zeros
// is the middle of the codes for all; an empty table is none.
Grid grid_of(const uint64_t *stack, const uint64_t *numbers, Table *table);

// in: [n, columns] of a type, to out, [n, rows] of it; bits and top: as grid_mm has them. 0 for want of
// memory.
int grid_product(
    const Grid *, const void *in, int type, int64_t n, int input_bits, int top, int threads,
    void *out);

#endif
