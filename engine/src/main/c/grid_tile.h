// The product of one row of tiles, in terms of the vectors of an instruction set:
//   V, LANES            integers, and how many of 32 bits there are; 16 rows take 16 / LANES of them
//   load, and_, or_, right16, left16 by constants, right16_by, left16_by by others, bytes, words, none,
//   madd, add, add16, maddubs (or dot4, which adds four products of bytes), lookup, table, four
//   F, zero, widen, multiply_add, mul, sub, set1, load_float, load_half, load_bytes, load_power,
//   load_float8, store
// A width and a kind are constants where they are inlined, so that planes and choices unfold.

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

// What a product is by: an affine grid's codes or a table's, and inputs of 16 bits or of 8.
enum { TABLE = 1, NARROW = 2 };

// Scales, and what is taken off before they multiply, of some groups.
enum { MOST_GROUPS = 32 };

typedef struct {
  float scales[MOST_GROUPS][TILE_ROWS];
  float shifts[MOST_GROUPS][TILE_ROWS];
} Numbers;

INLINE F scales_at(const Grid *grid, int64_t place) {
  const char *scales = grid->scales;
  switch (grid->scale_type) {
    case SCALE_HALF: return load_half(scales + 2 * place);
    case SCALE_POWER: return load_power(scales + place);
    case SCALE_FLOAT8: return load_float8(scales + place);
    default: return load_float(scales + 4 * place);
  }
}

INLINE F zeros_at(const Grid *grid, int64_t place) {
  const char *zeros = grid->zeros;
  return !zeros ? set1(grid->constant_zero)
      : grid->zero_bytes == 1 ? load_bytes(zeros + place)
      : grid->zero_bytes == 2 ? load_half(zeros + 2 * place)
                              : load_float(zeros + 4 * place);
}

// The numbers of a row of tiles from a group on. A table's integers are multiples of its unit; from
// the least on, as bytes have them, they are an affine grid's codes.
static void numbers_of(
    const Grid *grid, int narrow, int64_t tile, int64_t first, Numbers *numbers) {
  const int64_t groups = grid_groups(grid);
  const int64_t left = groups - first;
  const Table *table = grid->table;
  const F unit = set1(table ? table->unit : 1);
  const F raised = set1(table && narrow ? (float)-table->least : 0);
  for (int64_t group = 0; group < left && group < MOST_GROUPS; group++) {
    for (int row = 0; row < TILE_ROWS; row += LANES) {
      const int64_t place = (tile * groups + first + group) * TILE_ROWS + row;
      store(numbers->scales[group] + row, mul(unit, scales_at(grid, place)));
      store(numbers->shifts[group] + row, table ? raised : zeros_at(grid, place));
    }
  }
}

INLINE void product(
    const Grid *grid, const Inputs *inputs, const int rows, int64_t tile, float *out,
    const int bits, const int kind) {
  enum { PARTS = TILE_ROWS / LANES };
  const int by_table = kind & TABLE;
  const int narrow = kind & NARROW;
  const int64_t across = grid_tiles_across(grid->columns);
  const int vectors = (int)grid->block / 4;
  const V low = words(255);
  const V nibble = bytes(15);
  const V low_table = by_table ? table(narrow ? grid->table->raised : grid->table->low) : none();
  const V high_table = by_table ? table(grid->table->high) : none();
  const uint8_t *codes = grid->codes + tile * across * VECTOR * bits;
  F total[PARTS][MOST_ROWS];
  F of_group[PARTS][MOST_ROWS];
  for (int part = 0; part < PARTS; part++) {
    for (int r = 0; r < rows; r++) {
      total[part][r] = zero();
      of_group[part][r] = zero();
    }
  }
  Numbers numbers;
  int64_t group = 0;
  for (int64_t block = 0; block < inputs->blocks; block++) {
    int64_t column = block * grid->block;
    const uint8_t *at = codes + column / TILE_COLUMNS * VECTOR * bits;
    const int64_t begin = column / TILE_COLUMNS * TILE_COLUMNS;
    const int16_t *x = (const int16_t *)inputs->values + begin;
    const int8_t *x8 = (const int8_t *)inputs->values + begin;
    V dot[PARTS][MOST_ROWS];
    V upper[PARTS][MOST_ROWS];
    for (int part = 0; part < PARTS; part++) {
      for (int r = 0; r < rows; r++) {
        dot[part][r] = none();
        upper[part][r] = none();
      }
    }
#define STEP(CODES, v)                                                        \
  for (int part = 0; part < PARTS; part++) {                                  \
    V all = CODES(at, v, part, bits);                                         \
    if (narrow) {                                                             \
      V values = by_table ? lookup(low_table, all) : all;                     \
      NARROW_STEP(v)                                                          \
    } else {                                                                  \
      V first = by_table ? lookup(low_table, all) : all;                      \
      V second = by_table ? lookup(high_table, all) : none();                 \
      V even = or_(and_(first, low), left16(second, 8));                      \
      V odd = or_(right16(first, 8), andnot(low, second));                    \
      for (int r = 0; r < rows; r++) {                                        \
        const int16_t *here = x + r * inputs->stride + 4 * (v);               \
        dot[part][r] = add(dot[part][r], madd(even, four(here)));             \
        dot[part][r] = add(dot[part][r], madd(odd, four(here + 2)));          \
      }                                                                       \
    }                                                                         \
  }
#ifdef dot4
    (void)upper;
    (void)nibble;
#define NARROW_STEP(v)                                                        \
  for (int r = 0; r < rows; r++) {                                            \
    V inputs4 = four(x8 + r * inputs->stride + 4 * (v));                      \
    dot[part][r] = dot4(dot[part][r], values, inputs4);                       \
  }
#else
// Of 4 bits each, so that the sums of a block fit 16.
#define NARROW_STEP(v)                                                        \
  V lower = bits > 4 || by_table ? and_(values, nibble) : values;             \
  V higher = bits > 4 || by_table ? and_(right16(values, 4), nibble) : none(); \
  for (int r = 0; r < rows; r++) {                                            \
    V inputs4 = four(x8 + r * inputs->stride + 4 * (v));                      \
    dot[part][r] = add16(dot[part][r], maddubs(lower, inputs4));              \
    if (bits > 4 || by_table) {                                               \
      upper[part][r] = add16(upper[part][r], maddubs(higher, inputs4));       \
    }                                                                         \
  }
#endif
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
      const int first_vector = (int)(column % TILE_COLUMNS) / 4;
      for (int v = first_vector; v < first_vector + vectors; v++) {
        STEP(codes_at, v)
      }
    }
#undef STEP
#undef NARROW_STEP
    for (int r = 0; r < rows; r++) {
      F by = set1(inputs->scales[r * inputs->blocks + block]);
      for (int part = 0; part < PARTS; part++) {
        V sum = dot[part][r];
#ifndef dot4
        if (narrow) {
          sum = madd(sum, words(1));
          if (bits > 4 || by_table) {
            sum = add(sum, madd(upper[part][r], words(16)));
          }
        }
#endif
        of_group[part][r] = multiply_add(by, widen(sum), of_group[part][r]);
      }
    }
    if ((column + grid->block) % grid->group == 0 || block == inputs->blocks - 1) {
      const int64_t own = group % MOST_GROUPS;
      if (own == 0) {
        numbers_of(grid, narrow, tile, group, &numbers);
      }
      for (int part = 0; part < PARTS; part++) {
        F scale = load_float(numbers.scales[own] + LANES * part);
        F shift = load_float(numbers.shifts[own] + LANES * part);
        for (int r = 0; r < rows; r++) {
          F sum = set1(inputs->sums[r * inputs->groups + group]);
          total[part][r] =
              multiply_add(scale, sub(of_group[part][r], mul(shift, sum)), total[part][r]);
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
    const Grid *grid, const Inputs *inputs, int rows, int64_t tile, float *out, const int bits,
    const int kind) {
  if (rows == 1) {
    product(grid, inputs, 1, tile, out, bits, kind);
  } else {
    product(grid, inputs, MOST_ROWS, tile, out, bits, kind);
  }
}

#define OF_BITS(name, kind)                                                                 \
  static void name(                                                                         \
      const Grid *grid, const Inputs *inputs, int rows, int64_t tile, float *out) {         \
    switch (grid->bits) {                                                                   \
      case 1: of_rows(grid, inputs, rows, tile, out, 1, kind); break;                       \
      case 2: of_rows(grid, inputs, rows, tile, out, 2, kind); break;                       \
      case 3: of_rows(grid, inputs, rows, tile, out, 3, kind); break;                       \
      case 4: of_rows(grid, inputs, rows, tile, out, 4, kind); break;                       \
      case 5: of_rows(grid, inputs, rows, tile, out, 5, kind); break;                       \
      case 6: of_rows(grid, inputs, rows, tile, out, 6, kind); break;                       \
      case 7: of_rows(grid, inputs, rows, tile, out, 7, kind); break;                       \
      default: of_rows(grid, inputs, rows, tile, out, 8, kind); break;                      \
    }                                                                                       \
  }

OF_BITS(wide, 0)
OF_BITS(narrow, NARROW)

void GRID_TILE(const Grid *grid, const Inputs *inputs, int rows, int64_t tile, float *out) {
  if (grid->table && inputs->bits == 8) {
    of_rows(grid, inputs, rows, tile, out, TABLE_BITS, TABLE | NARROW);
  } else if (grid->table) {
    of_rows(grid, inputs, rows, tile, out, TABLE_BITS, TABLE);
  } else if (inputs->bits == 8) {
    narrow(grid, inputs, rows, tile, out);
  } else {
    wide(grid, inputs, rows, tile, out);
  }
}
