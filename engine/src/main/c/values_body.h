// Values of codes; included by one file for each level.
#include "grid.h"
#include "grid_codes.h"
#include "vectors.h"

INLINE void row_values(
    const Table *table, const uint8_t *codes, int n, int type, float scale, float zero, char *out) {
  float values[TILE_COLUMNS];
  if (table) {
    for (int i = 0; i < n; i++) {
      values[i] = scale * table->values[codes[i] & (TABLE_SIZE - 1)];
    }
  } else {
    for (int i = 0; i < n; i++) {
      values[i] = scale * ((float)codes[i] - zero);
    }
  }
  write_row(values, type, n, out);
}

// The values of some rows of a block of columns that share a scale, to rows of a matrix. codes: [row][32].
static void block_values(
    const Grid *grid, int64_t tile, int rows, int64_t column, const uint8_t *codes, int type,
    char *out) {
  const int64_t left = grid->columns - column;
  const int columns = left < grid->block ? (int)left : (int)grid->block;
  const uint8_t *own = codes + column % TILE_COLUMNS;
  float scales[TILE_ROWS];
  float zeros[TILE_ROWS];
  grid_numbers(grid, tile, column / grid->group, scales, zeros);
  for (int r = 0; r < rows; r++, own += TILE_COLUMNS) {
    char *to = out + (r * grid->columns + column) * type_bytes(type);
    // Known lengths are vectors without loops.
    if (columns == TILE_COLUMNS && type == FLOAT32) {
      row_values(grid->table, own, TILE_COLUMNS, FLOAT32, scales[r], zeros[r], to);
    } else if (columns == TILE_COLUMNS && type == BFLOAT16) {
      row_values(grid->table, own, TILE_COLUMNS, BFLOAT16, scales[r], zeros[r], to);
    } else {
      row_values(grid->table, own, columns, type, scales[r], zeros[r], to);
    }
  }
}

// Of all rows before any is read, as what is just written is slow to read in other pieces.
static void by_row(const uint8_t *codes, uint8_t *rows) {
  for (int r = 0; r < TILE_ROWS; r++) {
    for (int v = 0; v < VECTORS; v++) {
      memcpy(rows + TILE_COLUMNS * r + 4 * v, codes + VECTOR * v + 4 * r, 4);
    }
  }
}

static void tile_values(const Grid *grid, int64_t tile, int rows, int type, void *out) {
  const int64_t across = grid_tiles_across(grid->columns);
  const int64_t size = (int64_t)VECTOR * grid->bits;
  uint8_t codes[VECTORS * VECTOR];
  uint8_t in_rows[TILE_ROWS * TILE_COLUMNS];
  for (int64_t t = 0; t < across; t++) {
    grid_codes(grid->codes + (tile * across + t) * size, grid->bits, codes);
    by_row(codes, in_rows);
    for (int64_t column = t * TILE_COLUMNS;
         column < (t + 1) * TILE_COLUMNS && column < grid->columns; column += grid->block) {
      block_values(grid, tile, rows, column, in_rows, type, out);
    }
  }
}
