// What each op does with libtorch's stack: its arguments there, which it owns, become its results.
#ifndef ASSAY_OPS_H
#define ASSAY_OPS_H

#include <stdint.h>

#define OP(name) void name(uint64_t *stack, uint64_t arguments, uint64_t results)

OP(grid_mm_op);
OP(grid_pack_op);
OP(grid_values_op);
OP(grid_rows_op);
OP(rms_norm_op);
OP(add_rms_norm_op);
OP(gate_op);
OP(turn_op);
OP(keep_op);
OP(attend_op);
OP(attend_packed_op);
OP(greatest_op);
OP(sparse_add_op);
OP(outlier_mm_op);
OP(dense_linear_op);
OP(bitmask_linear_op);
OP(csr_linear_op);
OP(grid_linear_op);
OP(linear_beside_op);
OP(linear_behind_op);
OP(linear_narrowed_op);
OP(decoder_layer_pack_op);
OP(decoder_layer_op);
OP(dense_mm_op);
OP(bitmask_mm_op);
OP(bitmask_values_op);
OP(csr_mm_op);
OP(csr_values_op);
OP(read_bytes_op);

#undef OP

#endif
