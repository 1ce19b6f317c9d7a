// The ops as libtorch calls them: ops.assay.… of scripts.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "numbers.h"
#include "processor.h"
#include "torch_abi.h"

// At most this one is used; tests lower it.
static int level = -1;

static int level_used(void) {
  if (level < 0) {
    level = processor_level();
  }
  return level;
}

static void *data(Tensor tensor) {
  void *pointer = NULL;
  aoti_torch_get_data_ptr(tensor, &pointer);
  return pointer;
}

static int dtype(Tensor tensor) {
  int32_t type = -1;
  aoti_torch_get_dtype(tensor, &type);
  return type;
}

static int64_t size(Tensor tensor, int axis) {
  int64_t *sizes = NULL;
  aoti_torch_get_sizes(tensor, &sizes);
  return sizes[axis];
}

static int64_t count(Tensor tensor) {
  int64_t *sizes = NULL;
  int64_t axes = 0;
  int64_t all = 1;
  aoti_torch_get_sizes(tensor, &sizes);
  aoti_torch_get_dim(tensor, &axes);
  for (int64_t i = 0; i < axes; i++) {
    all *= sizes[i];
  }
  return all;
}

static Tensor matrix(int64_t rows, int64_t columns, int type) {
  int64_t sizes[] = {rows, columns};
  int64_t strides[] = {columns, 1};
  Tensor tensor = NULL;
  aoti_torch_empty_strided(2, sizes, strides, type, 0, 0, &tensor);
  return tensor;
}

static void free_all(const uint64_t *stack, int tensors) {
  for (int i = 0; i < tensors; i++) {
    aoti_torch_delete_tensor_object((Tensor)stack[i]);
  }
}

static void read_floats(const void *from, int type, int64_t n, float *out) {
  for (int64_t i = 0; i < n; i++) {
    out[i] = type == FLOAT32 ? ((const float *)from)[i]
        : type == BFLOAT16   ? float_of_bfloat16(((const uint16_t *)from)[i])
                             : float_of_half(((const uint16_t *)from)[i]);
  }
}

static void write_floats(const float *from, int type, int64_t n, void *out, int64_t at) {
  for (int64_t i = 0; i < n; i++) {
    if (type == FLOAT32) {
      ((float *)out)[at + i] = from[i];
    } else if (type == BFLOAT16) {
      ((uint16_t *)out)[at + i] = bfloat16_of_float(from[i]);
    } else {
      ((uint16_t *)out)[at + i] = half_of_float(from[i]);
    }
  }
}

// Rows of inputs that lie there as integers at a time: a row of tiles is read once for all of them.
enum { INPUT_ROWS = 64 };

// For want of memory.
static void no_numbers(void *out, int64_t n, int type) {
  memset(out, 255, (size_t)n * (type == FLOAT32 ? 4 : 2));
}

static TileProduct tile_product(void) {
#if defined(__x86_64__)
  if (level_used() == VNNI) {
    return grid_tile_vnni;
  }
  if (level_used() == AVX512) {
    return grid_tile_avx512;
  }
  if (level_used() == AVX2) {
    return grid_tile_avx2;
  }
#endif
  return grid_tile_plain;
}

static ScaleType scale_type(int type) {
  return type == FLOAT16 ? SCALE_HALF
      : type == UINT8    ? SCALE_POWER
      : type == FLOAT8   ? SCALE_FLOAT8
                         : SCALE_FLOAT;
}

// codes, scales, zeros, table at stack[0]; then bits, group, rows, columns. An empty tensor of zeros
// is the middle of the codes for all; an empty table is none.
static Grid grid_of(const uint64_t *stack, const uint64_t *numbers, Table *table) {
  Tensor scales = (Tensor)stack[1];
  Tensor zeros = (Tensor)stack[2];
  Tensor values = (Tensor)stack[3];
  Grid grid;
  grid.table = NULL;
  if (count(values) == TABLE_SIZE) {
    grid_table(data(values), table);
    grid.table = table;
  }
  grid.codes = data((Tensor)stack[0]);
  grid.scales = data(scales);
  grid.scale_type = scale_type(dtype(scales));
  grid.zeros = count(zeros) == 0 ? NULL : data(zeros);
  grid.zero_bytes = dtype(zeros) == UINT8 ? 1 : dtype(zeros) == FLOAT16 ? 2 : 4;
  grid.bits = (int)numbers[0];
  grid.constant_zero = (float)(1 << (grid.bits - 1));
  grid.group = (int64_t)numbers[1];
  grid.rows = (int64_t)numbers[2];
  grid.columns = (int64_t)numbers[3];
  grid.block = grid_block(grid.group, grid.columns);
  return grid;
}

// grid_mm: x [n, columns], contiguous, to [n, rows] of its type, by inputs of 16 bits or of 8 where
// these may be; top: the greatest code of a grid for each row, or 0 for one for each block.
static void grid_mm(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  Table table;
  const Grid grid = grid_of(stack + 1, stack + 5, &table);
  const int threads = (int)stack[11];
  const int type = dtype(x);
  const int64_t n = size(x, 0);
  const int64_t width = grid.columns;
  const int64_t down = grid_tiles_down(grid.rows);
  const TileProduct product = tile_product();
  Tensor y = matrix(n, grid.rows, type);
  void *out = data(y);
  const char *in = data(x);
  const int64_t bytes = width * (type == FLOAT32 ? 4 : 2);

  Inputs inputs;
  inputs.bits = grid_input_bits(&grid, (int64_t)stack[9]);
  inputs.top = (int)stack[10];
  inputs.stride = grid_tiles_across(width) * TILE_COLUMNS;
  inputs.blocks = (width + grid.block - 1) / grid.block;
  inputs.groups = grid_groups(&grid);
  const int most = n < INPUT_ROWS ? (int)n : INPUT_ROWS;
  const size_t values = (size_t)(most * inputs.stride * (inputs.bits / 8));
  const size_t floats = (size_t)(most * (inputs.blocks + inputs.groups + width)) * sizeof(float);
  char *room = malloc(values + floats + 1);
  if (!room) {
    no_numbers(out, n * grid.rows, type);
  } else {
    inputs.scales = (float *)room;
    inputs.sums = inputs.scales + most * inputs.blocks;
    float *plain = inputs.sums + most * inputs.groups;
    inputs.values = plain + most * width;
    for (int64_t first = 0; first < n; first += most) {
      const int rows = n - first < most ? (int)(n - first) : most;
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && rows * width > 32768)
      for (int r = 0; r < rows; r++) {
        float *own = plain + r * width;
        read_floats(in + (first + r) * bytes, type, width, own);
        grid_quantize(&grid, own, r, &inputs);
      }
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && down * width > 8192)
      for (int64_t tile = 0; tile < down; tile++) {
        const int64_t left = grid.rows - tile * TILE_ROWS;
        int some;
        for (int r = 0; r < rows; r += some) {
          some = rows - r >= MOST_ROWS ? MOST_ROWS : 1;
          const Inputs here = grid_inputs_from(&inputs, r);
          float sums[MOST_ROWS * TILE_ROWS];
          product(&grid, &here, some, tile, sums);
          for (int i = 0; i < some; i++) {
            write_floats(
                sums + i * TILE_ROWS, type, left < TILE_ROWS ? left : TILE_ROWS, out,
                (first + r + i) * grid.rows + tile * TILE_ROWS);
          }
        }
      }
    }
    free(room);
  }
  free_all(stack, 5);
  stack[0] = (uint64_t)y;
}

// grid_pack(Tensor codes, int bits) -> Tensor: bytes [rows, columns] to tiles.
static void grid_pack_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor codes = (Tensor)stack[0];
  const int bits = (int)stack[1];
  const int64_t rows = size(codes, 0);
  const int64_t columns = size(codes, 1);
  Tensor tiles =
      matrix(grid_tiles_down(rows), grid_tiles_across(columns) * VECTOR * bits, UINT8);
  grid_pack(data(codes), rows, columns, bits, data(tiles));
  free_all(stack, 1);
  stack[0] = (uint64_t)tiles;
}

// Rows by their numbers, or one after the other; one that is not there comes out as no numbers.
static void rows_of(
    const Grid *grid, int64_t n, const int64_t *ids, int64_t first, int type, int threads,
    void *out) {
  const int64_t width = grid->columns;
#pragma omp parallel num_threads(threads) if (threads > 1 && n * width > 131072)
  {
    float *values = malloc((size_t)width * sizeof(float) + 1);
#pragma omp for schedule(static)
    for (int64_t i = 0; i < n; i++) {
      const int64_t row = ids ? ids[i] : first + i;
      if (values && row >= 0 && row < grid->rows) {
        grid_row(grid, row, values);
        write_floats(values, type, width, out, i * width);
      } else {
        no_numbers((char *)out + i * width * (type == FLOAT32 ? 4 : 2), width, type);
      }
    }
    free(values);
  }
}

// grid_values: count rows, [count, columns].
static void grid_values_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Table table;
  const Grid grid = grid_of(stack, stack + 4, &table);
  const int64_t count = (int64_t)stack[9];
  const int type = (int)stack[10];
  Tensor y = matrix(count, grid.columns, type);
  rows_of(&grid, count, NULL, (int64_t)stack[8], type, (int)stack[11], data(y));
  free_all(stack, 4);
  stack[0] = (uint64_t)y;
}

// grid_rows: ids int64 [n], contiguous, to [n, columns].
static void grid_rows_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Table table;
  const Grid grid = grid_of(stack + 1, stack + 5, &table);
  const int64_t n = size((Tensor)stack[0], 0);
  const int type = (int)stack[9];
  Tensor y = matrix(n, grid.columns, type);
  rows_of(&grid, n, data((Tensor)stack[0]), 0, type, (int)stack[10], data(y));
  free_all(stack, 5);
  stack[0] = (uint64_t)y;
}

// level(int most) -> int: the level in use from now on, at most that; below 0 nothing changes.
static void level_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  const int64_t most = (int64_t)stack[0];
  if (most >= 0) {
    const int best = processor_level();
    level = most < best ? (int)most : best;
  }
  stack[0] = (uint64_t)level_used();
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
     grid_mm},
    {"grid_pack(Tensor codes, int bits) -> Tensor", "grid_pack", grid_pack_op},
    {"grid_values(" GRID ", int first, int count, int type, int threads) -> Tensor", "grid_values",
     grid_values_op},
    {"grid_rows(Tensor ids, " GRID ", int type, int threads) -> Tensor", "grid_rows",
     grid_rows_op},
    {"level(int most) -> int", "level", level_op},
};

static int is_complete(void) {
  return aoti_torch_library_init_def && aoti_torch_library_init_impl && aoti_torch_library_def
      && aoti_torch_library_impl && aoti_torch_get_data_ptr && aoti_torch_get_sizes
      && aoti_torch_get_dim && aoti_torch_get_dtype && aoti_torch_empty_strided
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
