// The op of products in which some features of the inputs are left as they are.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "grid_ops.h"
#include "ops.h"
#include "rooms.h"
#include "tensors.h"
#include "vector_ops.h"

// The greatest code of an input.
static const float TOP = 127;

// What an op works on.
typedef struct {
  const Grid *grid;
  // [n, columns] of a type of activations.
  const char *x;
  int type;
  int64_t n;
  // Inputs from a magnitude on are outliers; none where it is 0.
  float threshold;
  // Whether inputs are taken as float16.
  int half;
  // Columns whose weights are not those of the grid but float16 [rows, apart].
  const int32_t *apart;
  int64_t apart_count;
  const uint16_t *apart_values;
  int threads;
} Job;

// A column that is added to the product of codes.
typedef struct {
  int32_t column;
  // In the weights that are apart; below 0 where they are those of the grid.
  int32_t apart;
  // Whether it is an outlier of the call, whose inputs stay as they are.
  int exact;
} Added;

// A row of inputs as floats; halves: room for as many float16.
static void read_row(const Job *job, int64_t row, float *out, uint16_t *halves) {
  const VectorOps *ops = vector_ops();
  const int64_t width = job->grid->columns;
  ops->read(job->x + row * width * type_bytes(job->type), job->type, width, out);
  if (job->half && job->type != FLOAT16) {
    ops->write(out, FLOAT16, width, halves);
    ops->read(halves, FLOAT16, width, out);
  }
}

// What is no number is none.
static inline int is_outlier(const Job *job, float x) {
  return job->threshold > 0 && fabsf(x) >= job->threshold;
}

// Which columns are added, in order; marks: a byte a column.
static int64_t find_added(const Job *job, const uint8_t *marks, Added *added) {
  int64_t count = 0;
  int64_t next = 0;
  for (int64_t c = 0; c < job->grid->columns; c++) {
    const int is_apart = next < job->apart_count && job->apart[next] == c;
    if (marks[c] || is_apart) {
      added[count++] = (Added){(int32_t)c, is_apart ? (int32_t)next : -1, marks[c]};
    }
    next += is_apart;
  }
  return count;
}

// Codes of a row, the columns that are added left out of them and put into taken.
static void quantize(
    const Job *job, const float *x, int row, const Inputs *inputs, const Added *added,
    int64_t count, float *taken) {
  const Grid *grid = job->grid;
  int8_t *codes = (int8_t *)inputs->values + row * inputs->stride;
  float *scales = inputs->scales + row * inputs->blocks;
  float *sums = inputs->sums + row * inputs->groups;
  // As bits, of which what is no number has more than all that are.
  uint32_t most = 0;
  for (int64_t c = 0; c < grid->columns; c++) {
    const uint32_t magnitude = bits_of_float(x[c]) & 0x7fffffff;
    most = !is_outlier(job, x[c]) && magnitude > most ? magnitude : most;
  }
  const float greatest = float_of_bits(most);
  const int finite = isfinite(greatest);
  const float scale = finite ? greatest / TOP : NAN;
  // In two steps, as libtorch divides a number by a tensor: codes half-way depend on it.
  const float inverse = finite ? 1 / (greatest > 1e-30f ? greatest : 1e-30f) * TOP : 0;
  memset(codes, 0, (size_t)inputs->stride);
  for (int64_t c = 0; finite && c < grid->columns; c++) {
    codes[c] = is_outlier(job, x[c]) ? 0 : (int8_t)nearest(x[c] * inverse);
  }
  for (int64_t i = 0; i < count; i++) {
    const int32_t c = added[i].column;
    taken[i] = added[i].exact ? x[c] : scale * (float)codes[c];
    codes[c] = 0;
  }
  for (int64_t b = 0; b < inputs->blocks; b++) {
    scales[b] = scale;
  }
  for (int64_t g = 0; g < inputs->groups; g++) {
    const int64_t end = (g + 1) * grid->group < grid->columns ? (g + 1) * grid->group : grid->columns;
    int32_t sum = 0;
    for (int64_t c = g * grid->group; c < end; c++) {
      sum += codes[c];
    }
    sums[g] = scale * (float)sum;
  }
}

// The weights of the columns that are added, of the rows of a tile: [count, 16].
static void weights_of(
    const Job *job, int64_t tile, const Added *added, int64_t count, float *out) {
  for (int64_t i = 0; i < count; i++) {
    float *own = out + i * TILE_ROWS;
    if (added[i].apart < 0) {
      grid_column(job->grid, tile, added[i].column, own);
      continue;
    }
    for (int r = 0; r < TILE_ROWS; r++) {
      const int64_t row = tile * TILE_ROWS + r;
      own[r] = row < job->grid->rows
          ? float_of_half(job->apart_values[row * job->apart_count + added[i].apart])
          : 0;
    }
  }
}

// Rows of inputs, some at a time; 0 for want of memory.
static int products(const Job *job, const Added *added, int64_t count, char *out) {
  const Grid *grid = job->grid;
  const VectorOps *ops = vector_ops();
  const TileProduct product = tile_product();
  const int64_t width = grid->columns;
  const int64_t down = grid_tiles_down(grid->rows);
  const int most = job->n < INPUT_ROWS ? (int)job->n : INPUT_ROWS;
  Inputs inputs = grid_inputs(grid, 8, (int)TOP);
  const int64_t floats = most * (inputs.blocks + inputs.groups + width + count);
  char *room = malloc(
      (size_t)floats * sizeof(float) + (size_t)(job->threads * count * TILE_ROWS) * sizeof(float)
      + (size_t)(most * width) * sizeof(uint16_t) + (size_t)(most * inputs.stride) + 1);
  if (!room) {
    return 0;
  }
  inputs.scales = (float *)room;
  inputs.sums = inputs.scales + most * inputs.blocks;
  float *plain = inputs.sums + most * inputs.groups;
  float *taken = plain + most * width;
  float *weights = taken + most * count;
  inputs.values = weights + job->threads * count * TILE_ROWS;
  uint16_t *halves = (uint16_t *)((char *)inputs.values + most * inputs.stride);
  for (int64_t first = 0; first < job->n; first += most) {
    const int rows = job->n - first < most ? (int)(job->n - first) : most;
#pragma omp parallel for schedule(static) num_threads(job->threads) if (job->threads > 1 && rows * width > 32768)
    for (int r = 0; r < rows; r++) {
      read_row(job, first + r, plain + r * width, halves + r * width);
      quantize(job, plain + r * width, r, &inputs, added, count, taken + r * count);
    }
#pragma omp parallel num_threads(job->threads) if (job->threads > 1 && down * width > 8192)
    {
      float *own = own_room(weights, count * TILE_ROWS);
#pragma omp for schedule(static)
      for (int64_t tile = 0; tile < down; tile++) {
        const int64_t left = grid->rows - tile * TILE_ROWS;
        weights_of(job, tile, added, count, own);
        int some;
        for (int r = 0; r < rows; r += some) {
          some = rows - r >= MOST_ROWS ? MOST_ROWS : 1;
          const Inputs here = grid_inputs_from(&inputs, r);
          float sums[MOST_ROWS * TILE_ROWS];
          product(grid, &here, some, tile, sums);
          for (int i = 0; i < some; i++) {
            for (int64_t a = 0; a < count; a++) {
              const float x = taken[(r + i) * count + a];
              for (int row = 0; row < TILE_ROWS; row++) {
                sums[i * TILE_ROWS + row] += x * own[a * TILE_ROWS + row];
              }
            }
            ops->write(
                sums + i * TILE_ROWS, job->type, left < TILE_ROWS ? left : TILE_ROWS,
                out + ((first + r + i) * grid->rows + tile * TILE_ROWS) * type_bytes(job->type));
          }
        }
      }
    }
  }
  free(room);
  return 1;
}

// Marks the columns in which an input of any row is an outlier; 0 for want of memory.
static int mark(const Job *job, uint8_t *marks) {
  const int64_t width = job->grid->columns;
  memset(marks, 0, (size_t)width);
  if (!(job->threshold > 0)) {
    return 1;
  }
  float *row = malloc((size_t)width * (sizeof(float) + sizeof(uint16_t)) + 1);
  if (!row) {
    return 0;
  }
  for (int64_t r = 0; r < job->n; r++) {
    read_row(job, r, row, (uint16_t *)(row + width));
    for (int64_t c = 0; c < width; c++) {
      marks[c] |= (uint8_t)is_outlier(job, row[c]);
    }
  }
  free(row);
  return 1;
}

// outlier_mm: x [n, columns], contiguous, to [n, rows] of its type. Columns in which an input of the
// call has at least a magnitude are multiplied as they are, others as codes of 8 bits on a grid for each
// row. apart: int32, columns in order whose weights are apart_values, float16 [rows, columns].
void outlier_mm_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Table table;
  const Grid grid = grid_of(stack + 1, stack + 5, &table);
  Job job;
  job.grid = &grid;
  job.x = tensor_data((Tensor)stack[0]);
  job.type = tensor_dtype((Tensor)stack[0]);
  job.n = tensor_size((Tensor)stack[0], 0);
  job.apart = tensor_data((Tensor)stack[9]);
  job.apart_count = tensor_count((Tensor)stack[9]);
  job.apart_values = tensor_data((Tensor)stack[10]);
  job.threshold = float_argument(stack[11]);
  job.half = (int)stack[12];
  job.threads = (int)stack[13];
  Tensor y = tensor_matrix(job.n, grid.rows, job.type);
  char *out = tensor_data(y);
  Added *added = malloc((size_t)grid.columns * (sizeof *added + 1) + 1);
  uint8_t *marks = added ? (uint8_t *)(added + grid.columns) : NULL;
  int done = added && mark(&job, marks);
  if (done) {
    done = products(&job, added, find_added(&job, marks, added), out);
  }
  if (!done) {
    no_numbers(out, job.n * grid.rows, job.type);
  }
  free(added);
  tensor_free_all(stack, 5);
  tensor_free_all(stack + 9, 2);
  stack[0] = (uint64_t)y;
}
