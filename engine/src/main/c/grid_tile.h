// The product of one row of tiles, in terms of the vectors of an instruction set:
//   V, LANES            integers, and how many of 32 bits there are; 16 rows take 16 / LANES of them
//   load, and_, or_, right16, left16 by constants, right16_by, left16_by by others, bytes, words, none, madd, add
//   F, zero, widen, multiply_add, mul, sub, set1, load_float, load_half, load_bytes, store
// A width is a constant where it is inlined, so that the planes unfold.

#define INLINE static inline __attribute__((always_inline))

// The codes of vector v, a byte each; part: which LANES rows. RIGHT and LEFT shift words of 16 bits;
// what comes over from the other byte is masked away.
#define CODES_OF(name, RIGHT, LEFT)                                                  \
  INLINE V name(const uint8_t *tile, const int v, const int part, const int bits) {  \
    V codes = none();                                                                \
    int shift = 0;                                                                   \
    for (int width = 8; width > 0; width /= 2) {                                     \
      if (bits & width) {                                                            \
        V all = load(tile + VECTOR * (shift + v % width) + 4 * LANES * part);        \
        int from = v / width * width;                                                \
        V mask = bytes(((1 << width) - 1) << shift);                                 \
        V field = from >= shift ? RIGHT(all, from - shift) : LEFT(all, shift - from); \
        codes = or_(codes, and_(field, mask));                                       \
        shift += width;                                                              \
      }                                                                              \
    }                                                                                \
    return codes;                                                                    \
  }

// Where v is a constant, and where it is none.
CODES_OF(codes_of, right16, left16)
CODES_OF(codes_at, right16_by, left16_by)

INLINE void product(
    const Grid *grid, const Inputs *inputs, const int rows, int64_t tile, float *out,
    const int bits) {
  enum { PARTS = TILE_ROWS / LANES };
  const int64_t across = grid_tiles_across(grid->columns);
  const int64_t groups = grid_groups(grid);
  const int vectors = (int)grid->block / 4;
  const V low = words(255);
  const uint8_t *codes = grid->codes + tile * across * VECTOR * bits;
  F total[PARTS][MOST_ROWS];
  F of_group[PARTS][MOST_ROWS];
  for (int part = 0; part < PARTS; part++) {
    for (int r = 0; r < rows; r++) {
      total[part][r] = zero();
      of_group[part][r] = zero();
    }
  }
  int64_t group = 0;
  for (int64_t block = 0; block < inputs->blocks; block++) {
    int64_t column = block * grid->block;
    const uint8_t *at = codes + column / TILE_COLUMNS * VECTOR * bits;
    const int16_t *x = inputs->values + column / TILE_COLUMNS * TILE_COLUMNS;
    V dot[PARTS][MOST_ROWS];
    for (int part = 0; part < PARTS; part++) {
      for (int r = 0; r < rows; r++) {
        dot[part][r] = none();
      }
    }
#define STEP(CODES, v)                                           \
  for (int part = 0; part < PARTS; part++) {                     \
    V both = CODES(at, v, part, bits);                           \
    V even = and_(both, low);                                    \
    V odd = right16(both, 8);                                    \
    for (int r = 0; r < rows; r++) {                             \
      const int16_t *four = x + r * inputs->stride + 4 * (v);    \
      dot[part][r] = add(dot[part][r], madd(even, pair(four)));  \
      dot[part][r] = add(dot[part][r], madd(odd, pair(four + 2))); \
    }                                                            \
  }
    if (vectors == VECTORS) {
      STEP(codes_of, 0)
      STEP(codes_of, 1)
      STEP(codes_of, 2)
      STEP(codes_of, 3)
      STEP(codes_of, 4)
      STEP(codes_of, 5)
      STEP(codes_of, 6)
      STEP(codes_of, 7)
    } else {
      const int first = (int)(column % TILE_COLUMNS) / 4;
      for (int v = first; v < first + vectors; v++) {
        STEP(codes_at, v)
      }
    }
#undef STEP
    for (int r = 0; r < rows; r++) {
      F by = set1(inputs->scales[r * inputs->blocks + block]);
      for (int part = 0; part < PARTS; part++) {
        of_group[part][r] = multiply_add(by, widen(dot[part][r]), of_group[part][r]);
      }
    }
    if ((column + grid->block) % grid->group == 0 || block == inputs->blocks - 1) {
      for (int part = 0; part < PARTS; part++) {
        int64_t place = (tile * groups + group) * TILE_ROWS + LANES * part;
        F scale = grid->half_scales ? load_half((const char *)grid->scales + 2 * place)
                                    : load_float((const char *)grid->scales + 4 * place);
        F shift = !grid->zeros ? set1(grid->constant_zero)
            : grid->zero_bytes == 1 ? load_bytes((const char *)grid->zeros + place)
            : grid->zero_bytes == 2 ? load_half((const char *)grid->zeros + 2 * place)
                                    : load_float((const char *)grid->zeros + 4 * place);
        for (int r = 0; r < rows; r++) {
          F sum = set1(inputs->sums[r * inputs->groups + group]);
          total[part][r] = multiply_add(scale, sub(of_group[part][r], mul(shift, sum)), total[part][r]);
          of_group[part][r] = zero();
        }
      }
      group++;
    }
  }
  for (int part = 0; part < PARTS; part++) {
    for (int r = 0; r < rows; r++) {
      store(out + r * TILE_ROWS + LANES * part, total[part][r]);
    }
  }
}

INLINE void of_rows(
    const Grid *grid, const Inputs *inputs, int rows, int64_t tile, float *out, const int bits) {
  switch (rows) {
    case 1: product(grid, inputs, 1, tile, out, bits); break;
    case 2: product(grid, inputs, 2, tile, out, bits); break;
    default: product(grid, inputs, 4, tile, out, bits); break;
  }
}

void GRID_TILE(const Grid *grid, const Inputs *inputs, int rows, int64_t tile, float *out) {
  switch (grid->bits) {
    case 1: of_rows(grid, inputs, rows, tile, out, 1); break;
    case 2: of_rows(grid, inputs, rows, tile, out, 2); break;
    case 3: of_rows(grid, inputs, rows, tile, out, 3); break;
    case 4: of_rows(grid, inputs, rows, tile, out, 4); break;
    case 5: of_rows(grid, inputs, rows, tile, out, 5); break;
    case 6: of_rows(grid, inputs, rows, tile, out, 6); break;
    case 7: of_rows(grid, inputs, rows, tile, out, 7); break;
    default: of_rows(grid, inputs, rows, tile, out, 8); break;
  }
}
