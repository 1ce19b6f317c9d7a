// Products by codes against the plain sum of values, at every level that the processor has; meant to
// run under the address and undefined-behaviour sanitizers. Ends with 1 where one is off.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "numbers.h"
#include "processor.h"

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
  int half_scales;
  // Bytes of each; 0 for none.
  int zeros;
} Case;

static double more(double worst, double off) { return isnan(off) ? INFINITY : fmax(worst, off); }

static int check(const Case *c, int level, int n) {
  const TileProduct products[] = {
      grid_tile_plain,
#if defined(__x86_64__)
      grid_tile_avx2, grid_tile_avx512,
#endif
  };
  Grid grid = {0};
  grid.bits = c->bits;
  grid.group = c->group;
  grid.rows = c->rows;
  grid.columns = c->columns;
  grid.half_scales = c->half_scales;
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
  char *scale = odd((size_t)scales * (c->half_scales ? 2 : 4), &held[1]);
  char *zero = odd((size_t)(scales * c->zeros), &held[2]);
  for (int64_t i = 0; i < scales; i++) {
    float s = 0.01f + 0.02f * fabsf(uniform());
    uint16_t half = half_of_float(s);
    memcpy(scale + i * (c->half_scales ? 2 : 4), c->half_scales ? (void *)&half : (void *)&s,
        c->half_scales ? 2 : 4);
    uint8_t code = (uint8_t)(next() & ((1u << c->bits) - 1));
    float z = (float)code + uniform() / 4;
    uint16_t half_zero = half_of_float(z);
    memcpy(zero + i * c->zeros,
        c->zeros == 1 ? (void *)&code : c->zeros == 2 ? (void *)&half_zero : (void *)&z,
        (size_t)c->zeros);
  }
  grid.scales = scale;
  grid.zeros = c->zeros ? zero : NULL;

  Inputs inputs;
  inputs.stride = across * TILE_COLUMNS;
  inputs.blocks = (c->columns + grid.block - 1) / grid.block;
  inputs.groups = groups;
  inputs.values = malloc((size_t)(n * inputs.stride) * sizeof(int16_t));
  inputs.scales = malloc((size_t)(n * inputs.blocks) * sizeof(float));
  inputs.sums = malloc((size_t)(n * groups) * sizeof(float));
  float *x = malloc((size_t)(n * c->columns) * sizeof(float));
  for (int64_t i = 0; i < n * c->columns; i++) {
    x[i] = uniform() * (next() % 16 == 0 ? 50 : 1);
  }
  for (int r = 0; r < n; r++) {
    grid_quantize(&grid, x + r * c->columns, r, &inputs);
  }
  double worst = 0;
  float *values = malloc((size_t)c->columns * sizeof(float));
  for (int64_t tile = 0; tile < down; tile++) {
    float out[MOST_ROWS * TILE_ROWS];
    products[level](&grid, &inputs, n, tile, out);
    for (int r = 0; r < n; r++) {
      for (int64_t row = tile * TILE_ROWS; row < c->rows && row < (tile + 1) * TILE_ROWS; row++) {
        grid_row(&grid, row, values);
        double sum = 0;
        double norm = 0;
        for (int64_t column = 0; column < c->columns; column++) {
          int64_t group = column / c->group;
          int code = codes[row * c->columns + column];
          double value =
              ((double)code - grid_zero(&grid, row, group)) * grid_scale(&grid, row, group);
          double found = values[column];
          worst = more(worst, fabs(found - value) / (fabs(value) + 1e-3) / 1e3);
          double product = value * x[r * c->columns + column];
          sum += product;
          norm += product * product;
        }
        double off =
            fabs(out[r * TILE_ROWS + row % TILE_ROWS] - sum) / (sqrt(norm) * 4 + 1e-6);
        worst = more(worst, off);
      }
    }
  }
  int bad = !(worst < 1e-3);
  if (bad) {
    printf("level %d, %d bits, group %ld, [%ld, %ld], %d rows, zeros %d, half %d: off by %g\n",
        level, c->bits, (long)c->group, (long)c->rows, (long)c->columns, n, c->zeros,
        c->half_scales, worst);
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

int main(void) {
  static const int64_t SHAPES[][3] = {
      // group, rows, columns
      {32, 16, 64},  {32, 17, 96},  {128, 33, 256}, {64, 1, 160},  {16, 48, 80},
      {8, 20, 72},   {48, 16, 100}, {40, 5, 41},    {100, 18, 70}, {7000, 31, 33},
      {24, 16, 24},
  };
  int bad = halves();
  int checks = 0;
  for (int level = 0; level <= processor_level(); level++) {
    for (int bits = 1; bits <= 8; bits++) {
      for (size_t shape = 0; shape < sizeof SHAPES / sizeof *SHAPES; shape++) {
        static const int ZEROS[] = {0, 1, 2, 4};
        for (int kind = 0; kind < 4; kind++) {
          Case c = {bits, SHAPES[shape][0], SHAPES[shape][1], SHAPES[shape][2],
              (int)(shape + (size_t)bits) % 2, ZEROS[kind]};
          for (int n = 1; n <= MOST_ROWS; n *= 2) {
            bad |= check(&c, level, n);
            checks++;
          }
        }
      }
    }
  }
  printf("%d products, up to level %d: %s\n", checks, processor_level(), bad ? "off" : "as they should be");
  return bad;
}
