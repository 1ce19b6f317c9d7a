// Products by codes against the plain sum of values, at every level that the processor has; meant to
// run under the address and undefined-behaviour sanitizers. Ends with 1 where one is off.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "numbers.h"
#include "processor.h"
#include "torch_abi.h"
#include "vector_ops.h"

static uint64_t seed = 1;

static uint32_t next(void) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(seed >> 33);
}

static float uniform(void) { return (float)next() / 1073741824.0f - 1; }

// Memory whose start lies on no boundary, and whose end the sanitizer watches.
static void *odd(size_t bytes, void **whole) {
  *whole = malloc(bytes + 1);
  return (char *)*whole + 1;
}

typedef struct {
  int bits;
  int64_t group;
  int64_t rows;
  int64_t columns;
  ScaleType scale_type;
  // Bytes of each; 0 for none.
  int zeros;
  // Null on affine grids.
  const float *values;
  int input_bits;
  // The greatest code of a grid for each row; 0 for one for each block.
  int top;
} Case;

static const float NF4[TABLE_SIZE] = {
    -1, -0.69619280f, -0.52507305f, -0.39491749f, -0.28444138f, -0.18477343f, -0.09105004f, 0,
    0.07958030f, 0.16093020f, 0.24611230f, 0.33791524f, 0.44070983f, 0.56261700f, 0.72295684f, 1};
static const float E2M1[TABLE_SIZE] = {
    0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0.0f, -0.5f, -1, -1.5f, -2, -3, -4, -6};

static size_t scale_bytes(ScaleType type) {
  return type == SCALE_FLOAT ? 4 : type == SCALE_HALF ? 2 : 1;
}

// Some scale of a type, at a place.
static void write_scale(ScaleType type, char *scales, int64_t at) {
  float s = 0.01f + 0.02f * fabsf(uniform());
  uint16_t half = half_of_float(s);
  // Powers as small as there are, and floats of either sign; none that is no number.
  uint8_t power = (uint8_t)(next() % 16 == 0 ? next() % 2 : 100 + next() % 40);
  uint8_t small = (uint8_t)(next() % 127 | (next() & 128));
  uint8_t byte = type == SCALE_POWER ? power : small;
  memcpy(
      scales + at * (int64_t)scale_bytes(type),
      type == SCALE_FLOAT      ? (void *)&s
          : type == SCALE_HALF ? (void *)&half
                               : (void *)&byte,
      scale_bytes(type));
}

static double more(double worst, double off) { return isnan(off) ? INFINITY : fmax(worst, off); }

// Each input as a multiple of a share of its run's greatest, or its row's, which is divided by.
static void round_inputs(float *x, int64_t rows, int64_t columns, int64_t block, int top) {
  const int64_t run = top ? columns : block;
  const float most_steps = top ? (float)top : 127;
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t begin = 0; begin < columns; begin += run) {
      float *own = x + row * columns + begin;
      const int64_t count = columns - begin < run ? columns - begin : run;
      float most = 0;
      for (int64_t i = 0; i < count; i++) {
        most = fmaxf(most, fabsf(own[i]));
      }
      const float scale = most / most_steps;
      for (int64_t i = 0; i < count; i++) {
        const float steps = top ? own[i] / scale : own[i] * (most_steps / most);
        own[i] = most > 0 ? rintf(steps) * scale : 0;
      }
    }
  }
}

static int check(const Case *c, int level, int n) {
  const TileProduct products[] = {
      grid_tile_plain,
#if defined(__x86_64__)
      grid_tile_avx2, grid_tile_avx512, grid_tile_vnni,
#endif
  };
  const VectorOps *vectors[] = {
      &vectors_plain,
#if defined(__x86_64__)
      &vectors_avx2, &vectors_avx512, &vectors_avx512,
#endif
  };
  Grid grid = {0};
  grid.bits = c->bits;
  grid.group = c->group;
  grid.rows = c->rows;
  grid.columns = c->columns;
  grid.scale_type = c->scale_type;
  Table table;
  if (c->values) {
    grid_table(c->values, &table);
    grid.table = &table;
  }
  grid.zero_bytes = c->zeros;
  grid.constant_zero = (float)(1 << (c->bits - 1));
  grid.block = grid_block(c->group, c->columns);
  const int64_t down = grid_tiles_down(c->rows);
  const int64_t across = grid_tiles_across(c->columns);
  const int64_t groups = grid_groups(&grid);
  uint8_t *codes = malloc((size_t)(c->rows * c->columns));
  for (int64_t i = 0; i < c->rows * c->columns; i++) {
    codes[i] = (uint8_t)(next() & ((1u << c->bits) - 1));
  }
  void *held[3];
  uint8_t *tiles = odd((size_t)(down * across * VECTOR * c->bits), &held[0]);
  grid_pack(codes, c->rows, c->columns, c->bits, tiles);
  grid.codes = tiles;
  const int64_t scales = down * groups * TILE_ROWS;
  char *scale = odd((size_t)scales * scale_bytes(c->scale_type), &held[1]);
  char *zero = odd((size_t)(scales * c->zeros), &held[2]);
  for (int64_t i = 0; i < scales; i++) {
    write_scale(c->scale_type, scale, i);
    uint8_t code = (uint8_t)(next() & ((1u << c->bits) - 1));
    float z = (float)code + uniform() / 4;
    uint16_t half_zero = half_of_float(z);
    memcpy(zero + i * c->zeros,
        c->zeros == 1 ? (void *)&code : c->zeros == 2 ? (void *)&half_zero : (void *)&z,
        (size_t)c->zeros);
  }
  grid.scales = scale;
  grid.zeros = c->zeros ? zero : NULL;

  Inputs inputs = grid_inputs(&grid, grid_input_bits(&grid, c->input_bits), c->top);
  inputs.values = malloc((size_t)(n * inputs.stride * (inputs.bits / 8)));
  inputs.scales = malloc((size_t)(n * inputs.blocks) * sizeof(float));
  inputs.sums = malloc((size_t)(n * groups) * sizeof(float));
  float *x = malloc((size_t)(n * c->columns) * sizeof(float));
  for (int64_t i = 0; i < n * c->columns; i++) {
    // Some runs are all 0.
    x[i] = i / 32 % 5 == 4 ? 0 : uniform() * (next() % 16 == 0 ? 50 : 1);
  }
  for (int r = 0; r < n; r++) {
    grid_quantize(&grid, x + r * c->columns, r, &inputs);
  }
  if (inputs.bits == 8) {
    round_inputs(x, n, c->columns, grid.block, c->top);
  }
  double worst = 0;
  float *values = malloc((size_t)c->columns * sizeof(float));
  for (int64_t tile = 0; tile < down; tile++) {
    float out[MOST_ROWS * TILE_ROWS];
    products[level](&grid, &inputs, n, tile, out);
    const int64_t rows_left = c->rows - tile * TILE_ROWS;
    const int tile_rows = rows_left < TILE_ROWS ? (int)rows_left : TILE_ROWS;
    float *many = malloc((size_t)(tile_rows * c->columns) * sizeof *many);
    vectors[level]->values(&grid, tile, tile_rows, FLOAT32, many);
    for (int r = 0; r < n; r++) {
      for (int64_t row = tile * TILE_ROWS; row < c->rows && row < (tile + 1) * TILE_ROWS; row++) {
        grid_row(&grid, row, values);
        const float *same = many + row % TILE_ROWS * c->columns;
        for (int64_t column = 0; column < c->columns; column++) {
          worst = more(worst, same[column] == values[column] ? 0 : 1);
        }
        double sum = 0;
        double norm = 0;
        double all = 0;
        for (int64_t column = 0; column < c->columns; column++) {
          int64_t group = column / c->group;
          int code = codes[row * c->columns + column];
          double value = grid_scale(&grid, row, group)
              * (c->values ? c->values[code] : (double)code - grid_zero(&grid, row, group));
          double found = values[column];
          worst = more(worst, fabs(found - value) / (fabs(value) + 1e-3) / 1e3);
          double product = value * x[r * c->columns + column];
          sum += product;
          norm += product * product;
          all += fabs(x[r * c->columns + column]) * grid_scale(&grid, row, group);
        }
        // By the size of such a sum, and by what codes and zeros take off each other in floats.
        double off =
            fabs(out[r * TILE_ROWS + row % TILE_ROWS] - sum) / (sqrt(norm) * 4 + all * 1e-3 + 1e-6);
        worst = more(worst, off);
      }
    }
    free(many);
  }
  int bad = !(worst < 1e-3);
  if (bad) {
    printf("level %d, %d bits, group %ld, [%ld, %ld], %d rows of %d bits, zeros %d, scales %d: off by %g\n",
        level, c->bits, (long)c->group, (long)c->rows, (long)c->columns, n, inputs.bits, c->zeros,
        (int)c->scale_type, worst);
  }
  for (int i = 0; i < 3; i++) {
    free(held[i]);
  }
  free(codes);
  free(values);
  free(inputs.values);
  free(inputs.scales);
  free(inputs.sums);
  free(x);
  return bad;
}

static int halves(void) {
  int bad = 0;
  for (uint32_t bits = 0; bits < 65536; bits++) {
    float x = float_of_half((uint16_t)bits);
    bad += x == x && half_of_float(x) != bits;
    float b = float_of_bfloat16((uint16_t)bits);
    bad += b == b && bfloat16_of_float(b) != bits;
  }
  // Ties go to even, what is beyond the greatest to infinity.
  bad += half_of_float(1.00048828125f) != 0x3c00 || half_of_float(1.00146484375f) != 0x3c02;
  bad += half_of_float(65519) != 0x7bff || half_of_float(65520) != 0x7c00;
  bad += half_of_float(2.98023223876953125e-8f) != 0 || half_of_float(-1e-30f) != 0x8000;
  if (bad) {
    printf("%d halves are off\n", bad);
  }
  return bad != 0;
}

// As many rows as products take; how many checks that were.
static int of_rows(const Case *c, int level, int *bad) {
  int checks = 0;
  for (int n = 1; n <= MOST_ROWS; n += MOST_ROWS - 1) {
    *bad |= check(c, level, n);
    checks++;
  }
  return checks;
}

static int tables(void) {
  Table nf4;
  Table e2m1;
  grid_table(NF4, &nf4);
  grid_table(E2M1, &e2m1);
  int bad = nf4.is_narrow || !e2m1.is_narrow || e2m1.least != -12 || e2m1.unit != 0.5f;
  for (int i = 0; i < TABLE_SIZE; i++) {
    float exact = (float)(e2m1.raised[i] + e2m1.least) * e2m1.unit;
    float near = (float)(int16_t)(nf4.low[i] | nf4.high[i] << 8) * nf4.unit;
    bad |= exact != E2M1[i] || fabsf(near - NF4[i]) > 0.5f / MOST_STEPS + 1e-7f;
  }
  if (bad) {
    printf("a table is off\n");
  }
  return bad;
}

int main(void) {
  static const int64_t SHAPES[][3] = {
      // group, rows, columns
      {32, 16, 64},  {32, 17, 96},  {128, 33, 256}, {64, 1, 160},  {16, 48, 80},
      {8, 20, 72},   {48, 16, 100}, {40, 5, 41},    {100, 18, 70}, {7000, 31, 33},
      {24, 16, 24},
  };
  int bad = halves() | tables();
  int checks = 0;
  for (int level = 0; level <= processor_level(); level++) {
    for (int input = 8; input <= 16; input += 8) {
      for (size_t shape = 0; shape < sizeof SHAPES / sizeof *SHAPES; shape++) {
        const int64_t *at = SHAPES[shape];
        for (int bits = 1; bits <= 8; bits++) {
          static const int ZEROS[] = {0, 1, 2, 4};
          for (int kind = 0; kind < 4; kind++) {
            ScaleType type = (shape + (size_t)bits) % 2 ? SCALE_HALF : SCALE_FLOAT;
            checks += of_rows(
                &(Case){bits, at[0], at[1], at[2], type, ZEROS[kind], NULL, input, 0},
                level, &bad);
          }
          checks += of_rows(
              &(Case){bits, at[0], at[1], at[2], SCALE_FLOAT, 0, NULL, 8, shape % 2 ? 127 : 7},
              level, &bad);
        }
        for (int type = SCALE_FLOAT; type <= SCALE_FLOAT8; type++) {
          for (int kind = 0; kind < 2; kind++) {
            checks += of_rows(
                &(Case){TABLE_BITS, at[0], at[1], at[2], (ScaleType)type, 0, kind ? NF4 : E2M1,
                    input, 0},
                level, &bad);
          }
        }
      }
    }
  }
  printf("%d products, up to level %d: %s\n", checks, processor_level(), bad ? "off" : "as they should be");
  return bad;
}
