#include "grid.h"

#include <math.h>
#include <string.h>

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

static float scale_at(const Grid *grid, int64_t at) {
  switch (grid->scale_type) {
    case SCALE_HALF: return half_at(grid->scales, at);
    case SCALE_POWER: return float_of_power(((const uint8_t *)grid->scales)[at]);
    case SCALE_FLOAT8: return float_of_float8(((const uint8_t *)grid->scales)[at]);
    default: return float_at(grid->scales, at);
  }
}

float grid_scale(const Grid *grid, int64_t row, int64_t group) {
  return scale_at(grid, place_of(grid, row, group));
}

static float zero_at(const Grid *grid, int64_t at) {
  if (!grid->zeros) {
    return grid->constant_zero;
  }
  return grid->zero_bytes == 1 ? (float)((const uint8_t *)grid->zeros)[at]
      : grid->zero_bytes == 2  ? half_at(grid->zeros, at)
                               : float_at(grid->zeros, at);
}

float grid_zero(const Grid *grid, int64_t row, int64_t group) {
  return zero_at(grid, place_of(grid, row, group));
}

void grid_numbers(
    const Grid *grid, int64_t tile, int64_t group, float *scales, float *zeros) {
  const int64_t first = place_of(grid, tile * TILE_ROWS, group);
  for (int r = 0; r < TILE_ROWS; r++) {
    scales[r] = scale_at(grid, first + r);
    zeros[r] = grid->table ? 0 : zero_at(grid, first + r);
  }
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
      const float zero = grid->table ? 0 : grid_zero(grid, row, group);
      const int64_t end =
          column + grid->block < grid->columns ? column + grid->block : grid->columns;
      for (int64_t i = column; i < end; i++) {
        const int at = (int)(i - begin);
        const uint32_t code = codes[at / 4] >> at % 4 * 8 & 255;
        out[i] = scale * (grid->table ? grid->table->values[code] : (float)code - zero);
      }
    }
  }
}

void grid_column(const Grid *grid, int64_t tile, int64_t column, float *out) {
  const int64_t across = grid_tiles_across(grid->columns);
  const uint8_t *codes =
      grid->codes + (tile * across + column / TILE_COLUMNS) * VECTOR * grid->bits + column % 4;
  const int v = (int)(column % TILE_COLUMNS / 4);
  uint8_t found[TILE_ROWS] = {0};
  int shift = 0;
  for (int width = 8; width > 0; width /= 2) {
    if (grid->bits & width) {
      const uint8_t *plane = codes + VECTOR * (shift + v % width);
      for (int r = 0; r < TILE_ROWS; r++) {
        found[r] |= (uint8_t)((plane[4 * r] >> v / width * width & ((1 << width) - 1)) << shift);
      }
      shift += width;
    }
  }
  float scales[TILE_ROWS];
  float zeros[TILE_ROWS];
  grid_numbers(grid, tile, column / grid->group, scales, zeros);
  for (int r = 0; r < TILE_ROWS; r++) {
    out[r] = scales[r] * (grid->table ? grid->table->values[found[r]] : (float)found[r] - zeros[r]);
  }
}

void grid_table(const void *from, Table *table) {
  float values[TABLE_SIZE];
  memcpy(values, from, sizeof values);
  float least = INFINITY;
  float greatest = 0;
  for (int i = 0; i < TABLE_SIZE; i++) {
    const float magnitude = fabsf(values[i]);
    greatest = magnitude > greatest ? magnitude : greatest;
    least = magnitude > 0 && magnitude < least ? magnitude : least;
  }
  int exact = greatest > 0 && greatest / least <= MOST_STEPS;
  for (int i = 0; exact && i < TABLE_SIZE; i++) {
    const float steps = values[i] / least;
    exact = fabsf(steps - rintf(steps)) <= 1e-6f * fabsf(steps);
  }
  table->unit = exact ? least : greatest / MOST_STEPS;
  int steps[TABLE_SIZE];
  int most = 0;
  table->least = 0;
  for (int i = 0; i < TABLE_SIZE; i++) {
    steps[i] = table->unit > 0 ? (int)lrintf(values[i] / table->unit) : 0;
    table->values[i] = values[i];
    table->low[i] = (uint8_t)(steps[i] & 255);
    table->high[i] = (uint8_t)(steps[i] >> 8 & 255);
    table->least = steps[i] < table->least ? steps[i] : table->least;
    most = steps[i] > most ? steps[i] : most;
  }
  table->is_narrow = exact && most - table->least <= 255;
  for (int i = 0; i < TABLE_SIZE; i++) {
    table->raised[i] = (uint8_t)(table->is_narrow ? steps[i] - table->least : 0);
  }
}

// The greatest magnitude; what is no number if one is.
static float greatest_of(const float *x, int64_t begin, int64_t end) {
  // Of floats without their sign the greater one has the greater bits, infinity more than all that
  // are finite, what is no number still more.
  int32_t most = 0;
  for (int64_t i = begin; i < end; i++) {
    int32_t magnitude = (int32_t)(bits_of_float(x[i]) & 0x7fffffff);
    most = magnitude > most ? magnitude : most;
  }
  return float_of_bits((uint32_t)most);
}

// Codes of up to 32 inputs, and their sum: of a block's own grid, which is ours, by the faster product;
// of a row's, which is published, by division.
static int32_t codes_of(
    const float *x, int count, int by_row, float scale, float inverse, int32_t *codes) {
  int32_t sum = 0;
  if (!by_row) {
    for (int i = 0; i < count; i++) {
      codes[i] = nearest(x[i] * inverse);
      sum += codes[i];
    }
  } else {
    for (int i = 0; i < count; i++) {
      codes[i] = nearest(x[i] / scale);
      sum += codes[i];
    }
  }
  return sum;
}

void grid_quantize(const Grid *grid, const float *x, int row, const Inputs *inputs) {
  const int narrow = inputs->bits == 8;
  const float top = inputs->top ? (float)inputs->top : narrow ? 127 : 32767;
  int8_t *bytes = (int8_t *)inputs->values + row * inputs->stride;
  int16_t *words = (int16_t *)inputs->values + row * inputs->stride;
  float *scales = inputs->scales + row * inputs->blocks;
  float *sums = inputs->sums + row * inputs->groups;
  memset(narrow ? (void *)bytes : (void *)words, 0, (size_t)(inputs->stride * (inputs->bits / 8)));
  memset(sums, 0, (size_t)inputs->groups * sizeof *sums);
  const float of_row = inputs->top ? greatest_of(x, 0, grid->columns) : 0;
  for (int64_t b = 0; b < inputs->blocks; b++) {
    int64_t begin = b * grid->block;
    int64_t end = begin + grid->block < grid->columns ? begin + grid->block : grid->columns;
    const float greatest = inputs->top ? of_row : greatest_of(x, begin, end);
    const float inverse = top / greatest;
    // What is 0, or too small to be divided by, comes out as 0; what is not finite as no number.
    scales[b] = !isfinite(greatest) ? NAN : isfinite(inverse) ? greatest / top : 0;
    if (!isfinite(greatest) || !isfinite(inverse)) {
      continue;
    }
    int32_t codes[TILE_COLUMNS] = {0};
    const int32_t sum =
        codes_of(x + begin, (int)(end - begin), inputs->top, scales[b], inverse, codes);
    if (narrow) {
      for (int i = 0; i < end - begin; i++) {
        bytes[begin + i] = (int8_t)codes[i];
      }
    } else {
      // The order in which the even and the odd bytes of 4 come apart; what is padded is 0.
      for (int i = 0; i < grid->block; i += 4) {
        words[begin + i] = (int16_t)codes[i];
        words[begin + i + 1] = (int16_t)codes[i + 2];
        words[begin + i + 2] = (int16_t)codes[i + 1];
        words[begin + i + 3] = (int16_t)codes[i + 3];
      }
    }
    sums[begin / grid->group] += scales[b] * (float)sum;
  }
}
