#include "grid.h"

#include <math.h>
#include <string.h>

#include "numbers.h"

// Where in a tile the vectors of a plane begin, and its bits; planes from the lowest on.
typedef struct {
  int bits;
  int shift;
  int begin;
} Plane;

static int planes_of(int bits, Plane *planes) {
  int count = 0;
  int shift = 0;
  for (int width = 8; width > 0; width /= 2) {
    if (bits & width) {
      planes[count++] = (Plane){width, shift, VECTOR * shift};
      shift += width;
    }
  }
  return count;
}

void grid_pack(const uint8_t *codes, int64_t rows, int64_t columns, int bits, uint8_t *tiles) {
  Plane planes[4];
  int count = planes_of(bits, planes);
  int64_t across = grid_tiles_across(columns);
  int64_t bytes = (int64_t)VECTOR * bits;
  memset(tiles, 0, (size_t)(grid_tiles_down(rows) * across * bytes));
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t column = 0; column < columns; column++) {
      uint8_t code = codes[row * columns + column];
      uint8_t *tile = tiles + (row / TILE_ROWS * across + column / TILE_COLUMNS) * bytes;
      int vector = (int)(column % TILE_COLUMNS / 4);
      int byte = (int)(row % TILE_ROWS * 4 + column % 4);
      for (int i = 0; i < count; i++) {
        int field = code >> planes[i].shift & ((1 << planes[i].bits) - 1);
        uint8_t *at = tile + planes[i].begin + VECTOR * (vector % planes[i].bits) + byte;
        *at |= (uint8_t)(field << vector / planes[i].bits * planes[i].bits);
      }
    }
  }
}

// Storage may begin anywhere.
static float float_at(const void *floats, int64_t at) {
  float x;
  memcpy(&x, (const char *)floats + at * (int64_t)sizeof x, sizeof x);
  return x;
}

static int64_t place_of(const Grid *grid, int64_t row, int64_t group) {
  return (row / TILE_ROWS * grid_groups(grid) + group) * TILE_ROWS + row % TILE_ROWS;
}

static float half_at(const void *halves, int64_t at) {
  uint16_t half;
  memcpy(&half, (const char *)halves + at * (int64_t)sizeof half, sizeof half);
  return float_of_half(half);
}

float grid_scale(const Grid *grid, int64_t row, int64_t group) {
  const int64_t at = place_of(grid, row, group);
  return grid->half_scales ? half_at(grid->scales, at) : float_at(grid->scales, at);
}

float grid_zero(const Grid *grid, int64_t row, int64_t group) {
  if (!grid->zeros) {
    return grid->constant_zero;
  }
  const int64_t at = place_of(grid, row, group);
  return grid->zero_bytes == 1 ? (float)((const uint8_t *)grid->zeros)[at]
      : grid->zero_bytes == 2  ? half_at(grid->zeros, at)
                               : float_at(grid->zeros, at);
}

void grid_row(const Grid *grid, int64_t row, float *out) {
  const int64_t across = grid_tiles_across(grid->columns);
  const int64_t size = (int64_t)VECTOR * grid->bits;
  const int64_t own = 4 * (row % TILE_ROWS);
  for (int64_t t = 0; t < across; t++) {
    const uint8_t *tile = grid->codes + (row / TILE_ROWS * across + t) * size + own;
    // Four codes a word, the first in the lowest byte.
    uint32_t codes[VECTORS] = {0};
    int shift = 0;
    for (int width = 8; width > 0; width /= 2) {
      if (!(grid->bits & width)) {
        continue;
      }
      const uint32_t mask = 0x01010101u * ((1u << width) - 1);
      for (int v = 0; v < VECTORS; v++) {
        uint8_t four[4];
        memcpy(four, tile + VECTOR * (shift + v % width), sizeof four);
        const uint32_t all = (uint32_t)four[0] | (uint32_t)four[1] << 8 | (uint32_t)four[2] << 16
            | (uint32_t)four[3] << 24;
        codes[v] |= (all >> v / width * width & mask) << shift;
      }
      shift += width;
    }
    const int64_t begin = t * TILE_COLUMNS;
    for (int64_t column = begin; column < begin + TILE_COLUMNS && column < grid->columns;
         column += grid->block) {
      const int64_t group = column / grid->group;
      const float scale = grid_scale(grid, row, group);
      const float zero = grid_zero(grid, row, group);
      const int64_t end =
          column + grid->block < grid->columns ? column + grid->block : grid->columns;
      for (int64_t i = column; i < end; i++) {
        const int at = (int)(i - begin);
        out[i] = ((float)(codes[at / 4] >> at % 4 * 8 & 255) - zero) * scale;
      }
    }
  }
}

void grid_quantize(const Grid *grid, const float *x, int row, const Inputs *inputs) {
  int16_t *values = inputs->values + row * inputs->stride;
  float *scales = inputs->scales + row * inputs->blocks;
  float *sums = inputs->sums + row * inputs->groups;
  memset(values, 0, (size_t)inputs->stride * sizeof *values);
  memset(sums, 0, (size_t)inputs->groups * sizeof *sums);
  for (int64_t b = 0; b < inputs->blocks; b++) {
    int64_t begin = b * grid->block;
    int64_t end = begin + grid->block < grid->columns ? begin + grid->block : grid->columns;
    // Of floats without their sign the greater one has the greater bits, infinity more than all
    // that are finite, what is no number still more.
    uint32_t most = 0;
    for (int64_t i = begin; i < end; i++) {
      uint32_t magnitude = bits_of_float(x[i]) & 0x7fffffff;
      most = magnitude > most ? magnitude : most;
    }
    const float greatest = float_of_bits(most);
    scales[b] = greatest / 32767;
    float inverse = greatest > 0 ? 32767 / greatest : 0;
    int32_t sum = 0;
    if (isfinite(greatest) && isfinite(inverse)) {
      for (int64_t i = begin; i < end; i++) {
        // The order in which the even and the odd bytes of 4 come apart.
        int64_t at = (i & ~(int64_t)3) | ((i & 1) << 1) | ((i >> 1) & 1);
        int code = (int)lrintf(x[i] * inverse);
        values[at] = (int16_t)code;
        sum += code;
      }
    } else {
      // What is not finite comes out as no number.
      scales[b] = isfinite(greatest) ? 0 : NAN;
    }
    sums[begin / grid->group] += scales[b] * (float)sum;
  }
}
