// The ops as libtorch calls them: ops.assay.… of scripts.
#include "ops.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "processor.h"
#include "torch_abi.h"

// level(int most) -> int: the level in use from now on, at most that; below 0 nothing changes.
static void level_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  const int64_t most = (int64_t)stack[0];
  if (most >= 0) {
    processor_level_at_most((int)most);
  }
  stack[0] = (uint64_t)processor_level_used();
}

typedef struct {
  const char *schema;
  const char *name;
  BoxedOp op;
} Op;

// codes, scales, zeros: as grid.h says; table: float32 [16], or [0] on an affine grid.
#define GRID \
  "Tensor codes, Tensor scales, Tensor zeros, Tensor table, int bits, int group, int rows, int columns"

static const Op OPS[] = {
    {"grid_mm(Tensor x, " GRID ", int input_bits, int top, int threads) -> Tensor", "grid_mm",
     grid_mm_op},
    {"grid_pack(Tensor codes, int bits) -> Tensor", "grid_pack", grid_pack_op},
    {"grid_values(" GRID ", int first, int count, int type, int threads) -> Tensor", "grid_values",
     grid_values_op},
    {"grid_rows(Tensor ids, " GRID ", int type, int threads) -> Tensor", "grid_rows",
     grid_rows_op},
    {"rms_norm(Tensor x, Tensor weight, float eps, float offset, int threads) -> Tensor",
     "rms_norm", rms_norm_op},
    {"add_rms_norm(Tensor x, Tensor added, Tensor weight, float eps, float offset, int threads) "
     "-> (Tensor, Tensor)",
     "add_rms_norm", add_rms_norm_op},
    {"gate(Tensor both, int activation, int threads) -> Tensor", "gate", gate_op},
    {"turn(Tensor(a!) x, Tensor cos, Tensor sin, int turning, int pairs, int threads) -> Tensor(a!)",
     "turn", turn_op},
    {"keep(Tensor(a!) cache, Tensor x, int head, int position) -> Tensor(a!)", "keep", keep_op},
    {"attend(Tensor x, Tensor cache, int heads, int first, int end, float scale, float cap, "
     "int threads) -> Tensor",
     "attend", attend_op},
    {"attend_packed(Tensor x, Tensor key_codes, Tensor key_scales, Tensor key_zeros, "
     "Tensor value_codes, Tensor value_scales, Tensor value_zeros, Tensor keys, Tensor values, "
     "int heads, int first, int end, float scale, float cap, int threads, int form, int key_bits, "
     "int value_bits, float key_shift, float value_shift, int packed_keys, int packed_values, "
     "int key_group) -> Tensor",
     "attend_packed", attend_packed_op},
    {"sparse_add(Tensor base, Tensor x, Tensor offsets, Tensor columns, Tensor values, int threads) "
     "-> Tensor",
     "sparse_add", sparse_add_op},
    {"outlier_mm(Tensor x, " GRID ", Tensor apart, Tensor apart_values, float threshold, int half, "
     "int threads) -> Tensor",
     "outlier_mm", outlier_mm_op},
    {"dense_linear(Tensor weight) -> Tensor", "dense_linear", dense_linear_op},
    {"bitmask_linear(Tensor values, Tensor bits, Tensor offsets, int columns) -> Tensor", "bitmask_linear",
     bitmask_linear_op},
    {"csr_linear(Tensor values, Tensor places, Tensor offsets, int columns) -> Tensor", "csr_linear",
     csr_linear_op},
    {"grid_linear(" GRID ", int input_bits, int top) -> Tensor", "grid_linear", grid_linear_op},
    {"linear_beside(Tensor first, Tensor second) -> Tensor", "linear_beside", linear_beside_op},
    {"linear_behind(Tensor first, Tensor second) -> Tensor", "linear_behind", linear_behind_op},
    {"linear_narrowed(Tensor linear, int first) -> Tensor", "linear_narrowed", linear_narrowed_op},
    {"decoder_layer_pack(Tensor norm, Tensor next_norm, Tensor qkv, Tensor o, Tensor gate_up, Tensor down, "
     "float eps, float offset, float next_eps, float next_offset, int heads, float scale, float cap, "
     "int pairs, int activation, int threads) -> Tensor",
     "decoder_layer_pack", decoder_layer_pack_op},
    {"decoder_layer(Tensor x, Tensor(a!) cache, Tensor cos, Tensor sin, Tensor packed, int first, "
     "int position) -> Tensor",
     "decoder_layer", decoder_layer_op},
    {"dense_mm(Tensor x, Tensor weight, int threads) -> Tensor", "dense_mm", dense_mm_op},
    {"bitmask_mm(Tensor x, Tensor values, Tensor bits, Tensor offsets, int threads) -> Tensor", "bitmask_mm",
     bitmask_mm_op},
    {"bitmask_values(Tensor values, Tensor bits, Tensor offsets, int columns, int first, int count, "
     "int threads) -> Tensor",
     "bitmask_values", bitmask_values_op},
    {"csr_mm(Tensor x, Tensor values, Tensor places, Tensor offsets, int threads) -> Tensor", "csr_mm",
     csr_mm_op},
    {"csr_values(Tensor values, Tensor places, Tensor offsets, int columns, int first, int count, "
     "int threads) -> Tensor",
     "csr_values", csr_values_op},
    {"read_bytes(Tensor x, int threads) -> int", "read_bytes", read_bytes_op},
    {"greatest(Tensor x) -> Tensor", "greatest", greatest_op},
    {"level(int most) -> int", "level", level_op},
};

static int is_complete(void) {
  return aoti_torch_library_init_def && aoti_torch_library_init_impl && aoti_torch_library_def
      && aoti_torch_library_impl && aoti_torch_get_data_ptr && aoti_torch_get_sizes
      && aoti_torch_get_strides && aoti_torch_get_dim && aoti_torch_get_dtype && aoti_torch_empty_strided
      && aoti_torch_delete_tensor_object;
}

// An op without tensors has no device that it is found by.
static const char *key_of(const Op *op) {
  return strstr(op->schema, "Tensor") ? "CPU" : "CompositeExplicitAutograd";
}

// Not where it was built, so that the library is the same wherever that is.
static const char FILE_NAME[] = "ops.c";

static int register_ops(void) {
  Library definitions;
  if (aoti_torch_library_init_def("assay", FILE_NAME, 0, &definitions)) {
    return 0;
  }
  for (size_t i = 0; i < sizeof OPS / sizeof *OPS; i++) {
    Library implementations;
    if (aoti_torch_library_def(definitions, OPS[i].schema)
        || aoti_torch_library_init_impl(
            "assay", key_of(&OPS[i]), FILE_NAME, 0, &implementations)
        || aoti_torch_library_impl(implementations, OPS[i].name, OPS[i].op)) {
      return 0;
    }
  }
  return 1;
}

// Called by Java when it has loaded the library. A version that is none refuses it.
__attribute__((visibility("default"))) int32_t JNI_OnLoad(void *machine, void *reserved) {
  (void)machine;
  (void)reserved;
  return is_complete() && register_ops() ? 0x00010008 : -1;
}
