// In C that any processor runs, and that compilers know how to turn into vectors.
#include <string.h>

#include "grid.h"
#include "grid_codes.h"

// Four inputs from a column on, in order.
static void inputs_of(const Inputs *inputs, int row, int64_t column, int *x) {
  const int64_t at = row * inputs->stride + column;
  for (int j = 0; j < 4; j++) {
    x[j] = inputs->bits == 8 ? ((const int8_t *)inputs->values)[at + j]
        : ((const int16_t *)inputs->values)[at + ((j & 1) << 1 | j >> 1)];
  }
}

void grid_tile_plain(const Grid *grid, const Inputs *inputs, int rows, int64_t tile, float *out) {
  const int64_t across = grid_tiles_across(grid->columns);
  const int64_t size = (int64_t)VECTOR * grid->bits;
  const int vectors = (int)grid->block / 4;
  const Table *table = grid->table;
  int steps[TABLE_SIZE] = {0};
  for (int i = 0; table && i < TABLE_SIZE; i++) {
    steps[i] = (int16_t)(table->low[i] | table->high[i] << 8);
  }
  const float unit = table ? table->unit : 1;
  float of_group[MOST_ROWS][TILE_ROWS] = {{0}};
  memset(out, 0, (size_t)(rows * TILE_ROWS) * sizeof *out);
  int64_t group = 0;
  for (int64_t block = 0; block < inputs->blocks; block++) {
    const int64_t column = block * grid->block;
    const int64_t begin = column / TILE_COLUMNS;
    uint8_t codes[VECTORS * VECTOR];
    grid_codes(grid->codes + (tile * across + begin) * size, grid->bits, codes);
    const int first = (int)(column % TILE_COLUMNS) / 4;
    for (int r = 0; r < rows; r++) {
      int32_t dot[TILE_ROWS] = {0};
      for (int v = first; v < first + vectors; v++) {
        int x[4];
        inputs_of(inputs, r, begin * TILE_COLUMNS + 4 * v, x);
        for (int i = 0; i < TILE_ROWS; i++) {
          for (int j = 0; j < 4; j++) {
            const int code = codes[VECTOR * v + 4 * i + j];
            dot[i] += x[j] * (table ? steps[code & (TABLE_SIZE - 1)] : code);
          }
        }
      }
      const float scale = inputs->scales[r * inputs->blocks + block];
      for (int i = 0; i < TILE_ROWS; i++) {
        of_group[r][i] += scale * (float)dot[i];
      }
    }
    if ((column + grid->block) % grid->group == 0 || block == inputs->blocks - 1) {
      for (int r = 0; r < rows; r++) {
        const float sum = inputs->sums[r * inputs->groups + group];
        for (int i = 0; i < TILE_ROWS; i++) {
          const int64_t row = tile * TILE_ROWS + i;
          const float zero = table ? 0 : grid_zero(grid, row, group);
          out[r * TILE_ROWS + i] +=
              unit * grid_scale(grid, row, group) * (of_group[r][i] - zero * sum);
          of_group[r][i] = 0;
        }
      }
      group++;
    }
  }
}
