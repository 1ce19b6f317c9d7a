// Products by codes on affine grids, w = scale * (code - zero), of 1 to 8 bits, and by codes of 4 bits
// into a table, w = scale * table[code].
//
// Codes lie in tiles of 16 rows by 32 columns, one row of tiles after the other, 64 * bits bytes each.
// A vector is 64 bytes: byte 4 r + j belongs to row r. The 8 vectors of a tile have columns 4 v + j.
// A code is cut into planes of 8, 4, 2 and 1 bits, by the bits of its width, the lowest first (a code
// of 7 bits: 4, 2, 1). A plane of p bits takes p vectors: of vector v the field v / p, of p bits, of
// vector v % p.
//
// Scales and zeros: [row of tiles, group, 16]. Inputs become integers of 16 or 8 bits in blocks of 32
// columns, or of 16 or 8 where groups are no multiple of 32.
#ifndef ASSAY_GRID_H
#define ASSAY_GRID_H

#include <stdint.h>

#include "numbers.h"

enum { TILE_ROWS = 16, TILE_COLUMNS = 32, VECTOR = 64, VECTORS = 8, MOST_ROWS = 4 };

// A table's bits, and the greatest integer that stands for one of its values: with inputs of 16 bits
// the products of a block still fit 32.
enum { TABLE_BITS = 4, TABLE_SIZE = 16, MOST_STEPS = 2047 };

// POWER: E8M0, a power of two; FLOAT8: E4M3.
typedef enum { SCALE_FLOAT, SCALE_HALF, SCALE_POWER, SCALE_FLOAT8 } ScaleType;

// The values of codes: multiples of a unit, which they are nearest to.
typedef struct {
  float values[TABLE_SIZE];
  float unit;
  // Each multiple by its bytes.
  uint8_t low[TABLE_SIZE];
  uint8_t high[TABLE_SIZE];
  // Each multiple from the least on, where the range fits a byte and all are exact; otherwise no
  // inputs of 8 bits.
  uint8_t raised[TABLE_SIZE];
  int least;
  int is_narrow;
} Table;

typedef struct {
  const uint8_t *codes;
  const void *scales;
  ScaleType scale_type;
  // Null on affine grids.
  const Table *table;
  // Bytes, float16 or float32, by the bytes that each takes; null where all are the constant.
  const void *zeros;
  int zero_bytes;
  float constant_zero;
  int bits;
  // Columns that share a scale, and in a block of inputs.
  int64_t group;
  int64_t block;
  int64_t columns;
  int64_t rows;
} Grid;

// Inputs as integers.
typedef struct {
  // 16 or 8.
  int bits;
  // The greatest code of a grid that each row has for itself; 0 where each block has one.
  int top;
  // [row][padded columns]: int16, in a run of 4 columns in the order 0, 2, 1, 3; or int8, in order.
  void *values;
  int64_t stride;
  // [row][block]
  float *scales;
  int64_t blocks;
  // [row][group]: the sum of the inputs.
  float *sums;
  int64_t groups;
} Inputs;

// out[row][16] of one row of tiles, for 1 or MOST_ROWS rows of inputs.
typedef void (*TileProduct)(const Grid *, const Inputs *, int rows, int64_t tile, float *out);

void grid_tile_plain(const Grid *, const Inputs *, int rows, int64_t tile, float *out);
#if defined(__x86_64__)
void grid_tile_avx2(const Grid *, const Inputs *, int rows, int64_t tile, float *out);
void grid_tile_avx512(const Grid *, const Inputs *, int rows, int64_t tile, float *out);
void grid_tile_vnni(const Grid *, const Inputs *, int rows, int64_t tile, float *out);
#endif

static inline int64_t grid_tiles_across(int64_t columns) {
  return (columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
}

static inline int64_t grid_tiles_down(int64_t rows) { return (rows + TILE_ROWS - 1) / TILE_ROWS; }

static inline int64_t grid_groups(const Grid *grid) {
  return (grid->columns + grid->group - 1) / grid->group;
}

// Columns of a block of inputs.
static inline int64_t grid_block(int64_t group, int64_t columns) {
  return group % 32 == 0 || group >= columns ? 32 : group % 16 == 0 ? 16 : 8;
}

// The bits that inputs may have where so many are wanted.
static inline int grid_input_bits(const Grid *grid, int64_t wanted) {
  return wanted == 8 && (!grid->table || grid->table->is_narrow) ? 8 : 16;
}

// A table of the values of codes.
void grid_table(const void *values, Table *);

// Inputs for a grid, without room for them.
static inline Inputs grid_inputs(const Grid *grid, int bits, int top) {
  Inputs inputs = {0};
  inputs.bits = bits;
  inputs.top = top;
  inputs.stride = grid_tiles_across(grid->columns) * TILE_COLUMNS;
  inputs.blocks = (grid->columns + grid->block - 1) / grid->block;
  inputs.groups = grid_groups(grid);
  return inputs;
}

// Inputs from a row on.
static inline Inputs grid_inputs_from(const Inputs *inputs, int row) {
  Inputs some = *inputs;
  some.values = (char *)inputs->values + row * inputs->stride * (inputs->bits / 8);
  some.scales = inputs->scales + row * inputs->blocks;
  some.sums = inputs->sums + row * inputs->groups;
  return some;
}

// The nearest integer, ties to even, of what is less than 2^22.
static inline int32_t nearest(float x) {
  return (int32_t)(bits_of_float(x + 12582912.0f) - 0x4b400000u);
}

// Turns floats into integers.
void grid_quantize(const Grid *, const float *x, int row, const Inputs *);

// codes: [rows, columns] bytes, to tiles.
void grid_pack(const uint8_t *codes, int64_t rows, int64_t columns, int bits, uint8_t *tiles);

// The scale and the zero of a row and a group.
float grid_scale(const Grid *, int64_t row, int64_t group);
float grid_zero(const Grid *, int64_t row, int64_t group);

// Those of the 16 rows of a tile.
void grid_numbers(const Grid *, int64_t tile, int64_t group, float *scales, float *zeros);

// The values of the first rows of a row of tiles, to numbers of a type of activations, [rows, columns].
typedef void (*TileValues)(const Grid *, int64_t tile, int rows, int type, void *out);

// The values of a column in the 16 rows of a tile.
void grid_column(const Grid *, int64_t tile, int64_t column, float *out);

// The values of a row.
void grid_row(const Grid *, int64_t row, float *out);

#endif
