// The ops of products by codes.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "grid.h"
#include "grid_ops.h"
#include "ops.h"
#include "processor.h"
#include "tensors.h"
#include "vector_ops.h"

TileProduct tile_product(void) {
#if defined(__x86_64__)
  if (processor_level_used() == VNNI) {
    return grid_tile_vnni;
  }
  if (processor_level_used() == AVX512) {
    return grid_tile_avx512;
  }
  if (processor_level_used() == AVX2) {
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

Grid grid_of(const uint64_t *stack, const uint64_t *numbers, Table *table) {
  Tensor scales = (Tensor)stack[1];
  Tensor zeros = (Tensor)stack[2];
  Tensor values = (Tensor)stack[3];
  Grid grid;
  grid.table = NULL;
  if (tensor_count(values) == TABLE_SIZE) {
    grid_table(tensor_data(values), table);
    grid.table = table;
  }
  grid.codes = tensor_data((Tensor)stack[0]);
  grid.scales = tensor_data(scales);
  grid.scale_type = scale_type(tensor_dtype(scales));
  grid.zeros = tensor_count(zeros) == 0 ? NULL : tensor_data(zeros);
  grid.zero_bytes = tensor_dtype(zeros) == UINT8 ? 1 : tensor_dtype(zeros) == FLOAT16 ? 2 : 4;
  grid.bits = (int)numbers[0];
  grid.constant_zero = (float)(1 << (grid.bits - 1));
  grid.group = (int64_t)numbers[1];
  grid.rows = (int64_t)numbers[2];
  grid.columns = (int64_t)numbers[3];
  grid.block = grid_block(grid.group, grid.columns);
  return grid;
}

int grid_product(
    const Grid *grid, const void *in, int type, int64_t n, int input_bits, int top, int threads,
    void *out) {
  const int64_t width = grid->columns;
  const int64_t bytes = width * type_bytes(type);
  const int64_t down = grid_tiles_down(grid->rows);
  const TileProduct product = tile_product();
  const VectorOps *ops = vector_ops();
  const char *from = in;
  char *to = out;
  Inputs inputs = grid_inputs(grid, grid_input_bits(grid, input_bits), top);
  const int most = n < INPUT_ROWS ? (int)n : INPUT_ROWS;
  const size_t values = (size_t)(most * inputs.stride * (inputs.bits / 8));
  const size_t floats = (size_t)(most * (inputs.blocks + inputs.groups + width)) * sizeof(float);
  char *room = malloc(values + floats + 1);
  if (!room) {
    return 0;
  }
  inputs.scales = (float *)room;
  inputs.sums = inputs.scales + most * inputs.blocks;
  float *plain = inputs.sums + most * inputs.groups;
  inputs.values = plain + most * width;
  for (int64_t first = 0; first < n; first += most) {
    const int rows = n - first < most ? (int)(n - first) : most;
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && rows * width > 32768)
    for (int r = 0; r < rows; r++) {
      float *own = plain + r * width;
      ops->read(from + (first + r) * bytes, type, width, own);
      grid_quantize(grid, own, r, &inputs);
    }
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && down * width > 8192)
    for (int64_t tile = 0; tile < down; tile++) {
      const int64_t left = grid->rows - tile * TILE_ROWS;
      int some;
      for (int r = 0; r < rows; r += some) {
        some = rows - r >= MOST_ROWS ? MOST_ROWS : 1;
        const Inputs here = grid_inputs_from(&inputs, r);
        float sums[MOST_ROWS * TILE_ROWS];
        product(grid, &here, some, tile, sums);
        for (int i = 0; i < some; i++) {
          const int64_t at = (first + r + i) * grid->rows + tile * TILE_ROWS;
          ops->write(
              sums + i * TILE_ROWS, type, left < TILE_ROWS ? left : TILE_ROWS,
              to + at * type_bytes(type));
        }
      }
    }
  }
  free(room);
  return 1;
}

// grid_mm: x [n, columns], contiguous, to [n, rows] of its type, by inputs of 16 bits or of 8 where
// these may be; top: the greatest code of a grid for each row, or 0 for one for each block.
void grid_mm_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  Table table;
  const Grid grid = grid_of(stack + 1, stack + 5, &table);
  const int type = tensor_dtype(x);
  const int64_t n = tensor_size(x, 0);
  Tensor y = tensor_matrix(n, grid.rows, type);
  if (!grid_product(
          &grid, tensor_data(x), type, n, (int)stack[9], (int)stack[10], (int)stack[11],
          tensor_data(y))) {
    no_numbers(tensor_data(y), n * grid.rows, type);
  }
  tensor_free_all(stack, 5);
  stack[0] = (uint64_t)y;
}

// grid_pack(Tensor codes, int bits) -> Tensor: bytes [rows, columns] to tiles.
void grid_pack_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor codes = (Tensor)stack[0];
  const int bits = (int)stack[1];
  const int64_t rows = tensor_size(codes, 0);
  const int64_t columns = tensor_size(codes, 1);
  Tensor tiles =
      tensor_matrix(grid_tiles_down(rows), grid_tiles_across(columns) * VECTOR * bits, UINT8);
  grid_pack(tensor_data(codes), rows, columns, bits, tensor_data(tiles));
  tensor_free_all(stack, 1);
  stack[0] = (uint64_t)tiles;
}

// grid_values: count rows from one on that begins a tile, [count, columns].
void grid_values_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Table table;
  const Grid grid = grid_of(stack, stack + 4, &table);
  const int64_t first = (int64_t)stack[8] / TILE_ROWS;
  const int64_t count = (int64_t)stack[9];
  const int type = (int)stack[10];
  const int threads = (int)stack[11];
  const int64_t bytes = grid.columns * type_bytes(type);
  const VectorOps *ops = vector_ops();
  Tensor y = tensor_matrix(count, grid.columns, type);
  char *out = tensor_data(y);
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1 && count * grid.columns > 131072)
  for (int64_t tile = 0; tile < grid_tiles_down(count); tile++) {
    const int64_t left = count - tile * TILE_ROWS;
    const int rows = left < TILE_ROWS ? (int)left : TILE_ROWS;
    ops->values(&grid, first + tile, rows, type, out + tile * TILE_ROWS * bytes);
  }
  tensor_free_all(stack, 4);
  stack[0] = (uint64_t)y;
}

// grid_rows: ids int64 [n], contiguous, to [n, columns]; a row that is not there comes out as no numbers.
void grid_rows_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Table table;
  const Grid grid = grid_of(stack + 1, stack + 5, &table);
  const int64_t n = tensor_size((Tensor)stack[0], 0);
  const int64_t *ids = tensor_data((Tensor)stack[0]);
  const int64_t width = grid.columns;
  const int type = (int)stack[9];
  const int threads = (int)stack[10];
  const VectorOps *ops = vector_ops();
  Tensor y = tensor_matrix(n, width, type);
  char *out = tensor_data(y);
#pragma omp parallel num_threads(threads) if (threads > 1 && n * width > 131072)
  {
    float *values = malloc((size_t)width * sizeof(float) + 1);
#pragma omp for schedule(static)
    for (int64_t i = 0; i < n; i++) {
      if (values && ids[i] >= 0 && ids[i] < grid.rows) {
        grid_row(&grid, ids[i], values);
        ops->write(values, type, width, out + i * width * type_bytes(type));
      } else {
        no_numbers(out + i * width * type_bytes(type), width, type);
      }
    }
    free(values);
  }
  tensor_free_all(stack, 5);
  stack[0] = (uint64_t)y;
}
