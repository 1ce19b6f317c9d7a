// The ops of what stands between products against sums in double, at every level that the processor has,
// through libtorch's stack; meant to run under the address and undefined-behaviour sanitizers. Ends with
// 1 where one is off or forgets a tensor.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attend.h"
#include "fake_torch.h"
#include "grid.h"
#include "numbers.h"
#include "ops.h"
#include "processor.h"
#include "vector_ops.h"

static uint64_t seed = 1;
static int failures;
static int64_t cases;

static uint32_t next(void) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(seed >> 33);
}

static double uniform(void) { return (double)next() / 1073741824.0 - 1; }

static uint64_t word_of(double x) {
  uint64_t word;
  memcpy(&word, &x, sizeof word);
  return word;
}

static double number_at(const void *data, int type, int64_t at) {
  if (type == FLOAT32) {
    float x;
    memcpy(&x, (const char *)data + 4 * at, sizeof x);
    return x;
  }
  uint16_t x;
  memcpy(&x, (const char *)data + 2 * at, sizeof x);
  return type == BFLOAT16 ? float_of_bfloat16(x) : float_of_half(x);
}

static void put(void *data, int type, int64_t at, double x) {
  const float wide = (float)x;
  const uint16_t narrow = type == BFLOAT16 ? bfloat16_of_float(wide) : half_of_float(wide);
  memcpy(
      (char *)data + type_bytes(type) * at, type == FLOAT32 ? (const void *)&wide : &narrow,
      (size_t)type_bytes(type));
}

static void *numbers(int type, int64_t n) {
  void *data = malloc((size_t)(n * type_bytes(type)));
  for (int64_t i = 0; i < n; i++) {
    put(data, type, i, uniform());
  }
  return data;
}

static double step_of(int type) {
  return type == FLOAT32 ? 2e-6 : type == BFLOAT16 ? 1 / 250.0 : 1 / 2000.0;
}

static void expect(const char *what, double found, double wanted, double spread, int type) {
  if (!(fabs(found - wanted) <= step_of(type) * (fabs(wanted) + spread))) {
    printf("%s: found %g, expected %g\n", what, found, wanted);
    failures++;
  }
}

static const int TYPES[] = {FLOAT32, BFLOAT16, FLOAT16};

static void *data_of(uint64_t word) {
  void *data = NULL;
  aoti_torch_get_data_ptr((Tensor)word, &data);
  return data;
}

static void norms(int type, int64_t rows, int64_t width, double offset, int added) {
  int64_t sizes[] = {rows, width};
  void *x = numbers(type, rows * width);
  void *y = numbers(type, rows * width);
  void *w = numbers(type, width);
  uint64_t stack[6];
  int at = 0;
  stack[at++] = (uint64_t)fake_tensor(x, type, 2, sizes, NULL);
  if (added) {
    stack[at++] = (uint64_t)fake_tensor(y, type, 2, sizes, NULL);
  }
  stack[at++] = (uint64_t)fake_tensor(w, type, 1, sizes + 1, NULL);
  stack[at++] = word_of(1e-5);
  stack[at++] = word_of(offset);
  stack[at++] = 2;
  (added ? add_rms_norm_op : rms_norm_op)(stack, (uint64_t)at, 1);
  const void *out = data_of(stack[added]);
  for (int64_t r = 0; r < rows; r++) {
    double squares = 0;
    double values[300];
    for (int64_t i = 0; i < width; i++) {
      double v = number_at(x, type, r * width + i);
      if (added) {
        v += number_at(y, type, r * width + i);
        const double sum = number_at(data_of(stack[0]), type, r * width + i);
        expect("sum", sum, v, 0.1, type);
        v = sum;
      }
      values[i] = v;
      squares += v * v;
    }
    for (int64_t i = 0; i < width; i++) {
      const double wanted = values[i] / sqrt(squares / (double)width + 1e-5)
          * (offset + number_at(w, type, i));
      expect("norm", number_at(out, type, r * width + i), wanted, 0.5, type);
    }
  }
  for (int i = 0; i <= added; i++) {
    aoti_torch_delete_tensor_object((Tensor)stack[i]);
  }
  free(x);
  free(y);
  free(w);
  cases++;
}

// Rows by values, and what reading all of them gives.
static void dense(int type, int64_t n, int64_t rows, int64_t columns, int threads) {
  int64_t x_sizes[] = {n, columns};
  int64_t sizes[] = {rows, columns};
  void *x = numbers(type, n * columns);
  void *w = numbers(type, rows * columns);
  uint64_t stack[] = {
      (uint64_t)fake_tensor(x, type, 2, x_sizes, NULL), (uint64_t)fake_tensor(w, type, 2, sizes, NULL),
      (uint64_t)threads};
  dense_mm_op(stack, 3, 1);
  for (int64_t i = 0; i < n; i++) {
    for (int64_t r = 0; r < rows; r++) {
      double sum = 0;
      double spread = 0;
      for (int64_t c = 0; c < columns; c++) {
        const double each = number_at(x, type, i * columns + c) * number_at(w, type, r * columns + c);
        sum += each;
        spread += fabs(each) * (type == FLOAT32 ? 1 : 1e-3);
      }
      expect("dense", number_at(data_of(stack[0]), type, i * rows + r), sum, spread, type);
    }
  }
  aoti_torch_delete_tensor_object((Tensor)stack[0]);
  uint64_t words = 0;
  for (int64_t i = 0; i < rows * columns * type_bytes(type); i++) {
    words ^= (uint64_t)((const uint8_t *)w)[i] << i % 8 * 8;
  }
  for (int threads = 1; threads <= 3; threads++) {
    uint64_t read[] = {(uint64_t)fake_tensor(w, type, 2, sizes, NULL), (uint64_t)threads};
    read_bytes_op(read, 2, 1);
    if (read[0] != words) {
      printf("read_bytes: found %llx, expected %llx\n", (unsigned long long)read[0], (unsigned long long)words);
      failures++;
    }
  }
  free(x);
  free(w);
  cases++;
}

static void same(const char *what, uint64_t found, const void *wanted, int64_t bytes) {
  if (memcmp(data_of(found), wanted, (size_t)bytes) != 0) {
    printf("%s: found other bytes than those of all values\n", what);
    failures++;
  }
}

// Rows of which a share is stored, from none to all of a row: to the last bit what all values give. The
// memory ends where the op may read to.
static void bitmasks(int type, int64_t n, int64_t rows, int64_t columns, int threads, double share) {
  const int64_t size = type_bytes(type);
  const int64_t bytes = (columns + 7) / 8;
  void *x = numbers(type, n * columns);
  void *w = numbers(type, rows * columns);
  uint8_t *bits = calloc((size_t)(rows * bytes) + 1, 1);
  int64_t *offsets = malloc((size_t)(rows + 1) * sizeof *offsets);
  char *values = malloc((size_t)((rows * columns + SPREAD_PAST) * size));
  int64_t kept = 0;
  for (int64_t r = 0; r < rows; r++) {
    const double own = r % 5 == 1 ? 0 : r % 5 == 3 ? 1 : share;
    offsets[r] = kept;
    for (int64_t c = 0; c < columns; c++) {
      if ((uniform() + 1) / 2 < own) {
        memcpy(values + kept * size, (char *)w + (r * columns + c) * size, (size_t)size);
        bits[r * bytes + c / 8] |= (uint8_t)(1 << c % 8);
        kept++;
      } else {
        memset((char *)w + (r * columns + c) * size, 0, (size_t)size);
      }
    }
  }
  offsets[rows] = kept;
  char *stored = malloc((size_t)((kept + SPREAD_PAST) * size));
  memcpy(stored, values, (size_t)(kept * size));
  memset(stored + kept * size, 255, (size_t)(SPREAD_PAST * size));
  int64_t x_sizes[] = {n, columns};
  int64_t w_sizes[] = {rows, columns};
  int64_t bit_sizes[] = {rows, bytes};
  int64_t offset_sizes[] = {rows + 1};
  for (int64_t less = 0; less < 2; less++) {
    int64_t value_sizes[] = {kept + SPREAD_PAST - less};
    uint64_t stack[] = {
        (uint64_t)fake_tensor(x, type, 2, x_sizes, NULL),
        (uint64_t)fake_tensor(stored, type, 1, value_sizes, NULL),
        (uint64_t)fake_tensor(bits, UINT8, 2, bit_sizes, NULL),
        (uint64_t)fake_tensor(offsets, INT64, 1, offset_sizes, NULL), (uint64_t)threads};
    bitmask_mm_op(stack, 5, 1);
    if (less) {
      // Without what may be read past the last value there are no numbers.
      for (int64_t i = 0; i < n * rows; i++) {
        const double found = number_at(data_of(stack[0]), type, i);
        if (found == found) {
          printf("bitmask without room: found %g, expected no number\n", found);
          failures++;
        }
      }
    } else {
      uint64_t dense[] = {
          (uint64_t)fake_tensor(x, type, 2, x_sizes, NULL),
          (uint64_t)fake_tensor(w, type, 2, w_sizes, NULL), (uint64_t)threads};
      dense_mm_op(dense, 3, 1);
      same("bitmask_mm", stack[0], data_of(dense[0]), n * rows * size);
      aoti_torch_delete_tensor_object((Tensor)dense[0]);
    }
    aoti_torch_delete_tensor_object((Tensor)stack[0]);
  }
  const int64_t first = rows / 3;
  int64_t value_sizes[] = {kept + SPREAD_PAST};
  uint64_t some[] = {
      (uint64_t)fake_tensor(stored, type, 1, value_sizes, NULL),
      (uint64_t)fake_tensor(bits, UINT8, 2, bit_sizes, NULL),
      (uint64_t)fake_tensor(offsets, INT64, 1, offset_sizes, NULL), (uint64_t)columns,
      (uint64_t)first, (uint64_t)(rows - first), (uint64_t)threads};
  bitmask_values_op(some, 7, 1);
  same("bitmask_values", some[0], (char *)w + first * columns * size, (rows - first) * columns * size);
  aoti_torch_delete_tensor_object((Tensor)some[0]);
  free(x);
  free(w);
  free(bits);
  free(offsets);
  free(values);
  free(stored);
  cases++;
}

// The same rows by columns, each sum within what its order allows; and what they are.
static void places(int type, int64_t n, int64_t rows, int64_t columns, int threads, double share) {
  const int64_t size = type_bytes(type);
  void *x = numbers(type, n * columns);
  void *w = numbers(type, rows * columns);
  int16_t *where = malloc((size_t)(rows * columns) * sizeof *where + 1);
  int64_t *offsets = malloc((size_t)(rows + 1) * sizeof *offsets);
  char *values = malloc((size_t)(rows * columns * size) + 1);
  int64_t kept = 0;
  for (int64_t r = 0; r < rows; r++) {
    const double own = r % 5 == 1 ? 0 : r % 5 == 3 ? 1 : share;
    offsets[r] = kept;
    for (int64_t c = 0; c < columns; c++) {
      char *at = (char *)w + (r * columns + c) * size;
      if ((uniform() + 1) / 2 < own) {
        memcpy(values + kept * size, at, (size_t)size);
        where[kept++] = (int16_t)c;
      } else {
        memset(at, 0, (size_t)size);
      }
    }
  }
  offsets[rows] = kept;
  int64_t x_sizes[] = {n, columns};
  int64_t offset_sizes[] = {rows + 1};
  for (int64_t less = 0; less < 2; less++) {
    // Without one of what the offsets speak of there are no numbers.
    int64_t sizes[] = {kept - less};
    if (less > kept) {
      continue;
    }
    uint64_t stack[] = {
        (uint64_t)fake_tensor(x, type, 2, x_sizes, NULL), (uint64_t)fake_tensor(values, type, 1, sizes, NULL),
        (uint64_t)fake_tensor(where, INT16, 1, sizes, NULL),
        (uint64_t)fake_tensor(offsets, INT64, 1, offset_sizes, NULL), (uint64_t)threads};
    csr_mm_op(stack, 5, 1);
    for (int64_t i = 0; i < n; i++) {
      for (int64_t r = 0; r < rows; r++) {
        double sum = 0;
        double spread = 0;
        for (int64_t c = 0; c < columns; c++) {
          const double each = number_at(x, type, i * columns + c) * number_at(w, type, r * columns + c);
          sum += each;
          spread += fabs(each) * (type == FLOAT32 ? 1 : 1e-3);
        }
        const double found = number_at(data_of(stack[0]), type, i * rows + r);
        if (!less) {
          expect("csr", found, sum, spread, type);
        } else if (found == found) {
          printf("csr without its last value: found %g, expected no number\n", found);
          failures++;
        }
      }
    }
    aoti_torch_delete_tensor_object((Tensor)stack[0]);
  }
  const int64_t first = rows / 3;
  int64_t sizes[] = {kept};
  uint64_t some[] = {
      (uint64_t)fake_tensor(values, type, 1, sizes, NULL), (uint64_t)fake_tensor(where, INT16, 1, sizes, NULL),
      (uint64_t)fake_tensor(offsets, INT64, 1, offset_sizes, NULL), (uint64_t)columns, (uint64_t)first,
      (uint64_t)(rows - first), (uint64_t)threads};
  csr_values_op(some, 7, 1);
  same("csr_values", some[0], (char *)w + first * columns * size, (rows - first) * columns * size);
  aoti_torch_delete_tensor_object((Tensor)some[0]);
  free(x);
  free(w);
  free(where);
  free(offsets);
  free(values);
  cases++;
}

// Weights of another type or width than the inputs are not read.
static void unlike(int type) {
  enum { COLUMNS = 8, ROWS = 3 };
  const int other = type == BFLOAT16 ? FLOAT16 : BFLOAT16;
  int64_t x_sizes[] = {1, COLUMNS};
  int64_t sizes[] = {ROWS, COLUMNS};
  int64_t narrow[] = {ROWS, COLUMNS - 1};
  void *x = numbers(type, COLUMNS);
  void *w = numbers(FLOAT32, ROWS * COLUMNS);
  for (int i = 0; i < 2; i++) {
    uint64_t stack[] = {
        (uint64_t)fake_tensor(x, type, 2, x_sizes, NULL),
        (uint64_t)fake_tensor(w, i ? type : other, 2, i ? narrow : sizes, NULL), 2};
    dense_mm_op(stack, 3, 1);
    for (int r = 0; r < ROWS; r++) {
      const double found = number_at(data_of(stack[0]), type, r);
      if (found == found) {
        printf("dense of two kinds: found %g, expected no number\n", found);
        failures++;
      }
    }
    aoti_torch_delete_tensor_object((Tensor)stack[0]);
  }
  free(x);
  free(w);
  cases++;
}

static void gates(int type, int64_t rows, int64_t width, int activation) {
  int64_t sizes[] = {rows, 2 * width};
  void *x = numbers(type, rows * 2 * width);
  for (int64_t i = 0; i < rows * 2 * width; i++) {
    put(x, type, i, 90 * number_at(x, type, i));
  }
  uint64_t stack[] = {
      (uint64_t)fake_tensor(x, type, 2, sizes, NULL), (uint64_t)activation, 2};
  gate_op(stack, 3, 1);
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t i = 0; i < width; i++) {
      const double v = number_at(x, type, 2 * r * width + i);
      const double u = sqrt(2 / M_PI) * (v + 0.044715 * v * v * v);
      const double inner = activation == GATE_SILU ? v / (1 + exp(-v)) : v / 2 * (1 + tanh(u));
      const double wanted = inner * number_at(x, type, 2 * r * width + width + i);
      expect("gate", number_at(data_of(stack[0]), type, r * width + i), wanted, 0.1, type);
    }
  }
  aoti_torch_delete_tensor_object((Tensor)stack[0]);
  free(x);
  cases++;
}

static void turns(int type, int64_t batch, int64_t tokens, int64_t width, int64_t turned, int pairs) {
  enum { HEADS = 3, TURNING = 2 };
  int64_t sizes[] = {batch, tokens, HEADS, width};
  int64_t angles[] = {tokens, 1, turned};
  const int64_t n = batch * tokens * HEADS * width;
  void *x = numbers(type, n);
  void *before = malloc((size_t)(n * type_bytes(type)));
  memcpy(before, x, (size_t)(n * type_bytes(type)));
  void *cos = numbers(type, tokens * turned);
  void *sin = numbers(type, tokens * turned);
  uint64_t stack[] = {
      (uint64_t)fake_tensor(x, type, 4, sizes, NULL), (uint64_t)fake_tensor(cos, type, 3, angles, NULL),
      (uint64_t)fake_tensor(sin, type, 3, angles, NULL), TURNING, (uint64_t)pairs, 2};
  turn_op(stack, 6, 1);
  const int64_t half = turned / 2;
  for (int64_t at = 0; at < n; at++) {
    const int64_t i = at % width;
    const int64_t head = at / width % HEADS;
    const int64_t token = at / width / HEADS % tokens;
    double wanted = number_at(before, type, at);
    if (head < TURNING && i < turned) {
      const int first = pairs == TURN_HALVES ? i < half : i % 2 == 0;
      const int64_t angle = pairs == TURN_HALVES ? i % half : i / 2;
      const int64_t other = pairs == TURN_HALVES ? (first ? at + half : at - half)
                                                 : (first ? at + 1 : at - 1);
      const double c = number_at(cos, type, token * turned + angle);
      const double s = number_at(sin, type, token * turned + half + angle);
      wanted = wanted * c + (first ? -1 : 1) * number_at(before, type, other) * s;
    }
    expect("turn", number_at(x, type, at), wanted, 0.5, type);
  }
  aoti_torch_delete_tensor_object((Tensor)stack[0]);
  free(x);
  free(before);
  free(cos);
  free(sin);
  cases++;
}

static void greatest(int type, int64_t rows, int64_t width, int odd) {
  int64_t sizes[] = {rows, width};
  void *x = numbers(type, rows * width);
  const int64_t place = (int64_t)next() % width;
  if (odd) {
    put(x, type, place, NAN);
  }
  uint64_t stack[] = {(uint64_t)fake_tensor(x, type, 2, sizes, NULL)};
  greatest_op(stack, 1, 1);
  const int64_t *found = data_of(stack[0]);
  for (int64_t r = 0; r < rows; r++) {
    int64_t wanted = 0;
    for (int64_t i = 0; i < width; i++) {
      const double best = number_at(x, type, r * width + wanted);
      const double v = number_at(x, type, r * width + i);
      wanted = v > best || (v != v && best == best) ? i : wanted;
    }
    expect("greatest", (double)found[r], (double)wanted, 0, FLOAT32);
  }
  aoti_torch_delete_tensor_object((Tensor)stack[0]);
  free(x);
  cases++;
}

typedef struct {
  int64_t batch;
  int64_t shared;
  int64_t together;
  int64_t width;
  int64_t end;
  int64_t first;
  // Of keys by channels and of values by rows; 0 for none.
  int64_t packed;
  int bits;
  // Codes along a row that share a scale.
  int64_t group;
  int by_channel;
  int form;
  double cap;
  int type;
} Case;

// The value of a code as the ops' headers define it.
static double code_value(const uint8_t *row, int bits, int64_t at, int form, double s, double z) {
  double code = bits == 8 ? row[at]
      : bits == 0         ? float_of_float8(row[at])
                          : row[at * bits / 8] >> at * bits % 8 & ((1 << bits) - 1);
  return form == GRID_ZERO ? s * (code - z) : form == GRID_LEAST ? s * code + z : s * code - z;
}

// Codes, scales and zeros of keys or values.
typedef struct {
  uint8_t *codes;
  void *scales;
  void *zeros;
  int64_t rows;
  int64_t columns;
  int bits;
  int64_t group;
} Packed;

static int64_t row_bytes(const Packed *p) { return p->columns * (p->bits ? p->bits : 8) / 8; }

static Packed packed(int64_t heads, int64_t rows, int64_t columns, int bits, int64_t group) {
  Packed p = {NULL, NULL, NULL, rows, columns, bits, group};
  const int64_t bytes = heads * rows * row_bytes(&p);
  p.codes = malloc((size_t)bytes + 1);
  for (int64_t i = 0; i < bytes; i++) {
    p.codes[i] = (uint8_t)(next() & (bits ? 255 : 0xbf));
  }
  p.scales = numbers(FLOAT16, heads * rows * (columns / group));
  p.zeros = numbers(FLOAT16, heads * rows * (columns / group));
  return p;
}

static double packed_value(const Packed *p, int64_t head, int64_t row, int64_t column, int form) {
  const int64_t grid = (head * p->rows + row) * (p->columns / p->group) + column / p->group;
  return code_value(
      p->codes + (head * p->rows + row) * row_bytes(p), p->bits, column, form,
      number_at(p->scales, FLOAT16, grid), number_at(p->zeros, FLOAT16, grid));
}

static void attention(const Case *c) {
  const int64_t heads = c->shared * c->together;
  const int64_t all = heads + 2 * c->shared;
  const int64_t plain = c->end - c->packed;
  const int64_t kept = c->batch * c->shared;
  void *x = numbers(c->type, c->batch * all * c->width);
  // Keys and values of all entries, of which the packed ones are not read here.
  void *both = numbers(c->type, c->batch * 2 * c->shared * c->end * c->width);
  // A row of entries' codes has whole groups of them.
  const int64_t columns = (c->end + c->group - 1) / c->group * c->group;
  Packed k = c->by_channel ? packed(kept, c->width, columns, c->bits, c->group)
                           : packed(kept, c->end, c->width, c->bits, c->group);
  Packed v = packed(kept, c->end, c->width, c->bits, c->group);
  int64_t x_sizes[] = {c->batch, 1, all, c->width};
  int64_t cache_sizes[] = {c->batch, 2 * c->shared, c->end, c->width};
  Tensor query = fake_tensor(x, c->type, 4, x_sizes, NULL);
  uint64_t stack[23];
  if (c->packed == 0) {
    stack[0] = (uint64_t)query;
    stack[1] = (uint64_t)fake_tensor(both, c->type, 4, cache_sizes, NULL);
    stack[2] = (uint64_t)heads;
    stack[3] = (uint64_t)c->first;
    stack[4] = (uint64_t)c->end;
    stack[5] = word_of(0.3);
    stack[6] = word_of(c->cap);
    stack[7] = 2;
    attend_op(stack, 8, 1);
  } else {
    const int64_t strides[] = {
        2 * c->shared * c->end * c->width, c->end * c->width, c->width, 1};
    const int64_t plain_sizes[] = {c->batch, c->shared, plain, c->width};
    char *keys = (char *)both + c->packed * c->width * type_bytes(c->type);
    char *values = keys + c->shared * c->end * c->width * type_bytes(c->type);
    const Packed *sides[] = {&k, &v};
    stack[0] = (uint64_t)query;
    for (int i = 0; i < 2; i++) {
      const Packed *p = sides[i];
      const int64_t codes[] = {c->batch, c->shared, p->rows, row_bytes(p)};
      const int64_t grids[] = {c->batch, c->shared, p->rows, p->columns / p->group};
      stack[1 + 3 * i] = (uint64_t)fake_tensor(p->codes, UINT8, 4, codes, NULL);
      stack[2 + 3 * i] = (uint64_t)fake_tensor(p->scales, FLOAT16, 4, grids, NULL);
      stack[3 + 3 * i] = (uint64_t)fake_tensor(p->zeros, FLOAT16, 4, grids, NULL);
    }
    stack[7] = (uint64_t)fake_tensor(keys, c->type, 4, plain_sizes, strides);
    stack[8] = (uint64_t)fake_tensor(values, c->type, 4, plain_sizes, strides);
    stack[9] = (uint64_t)heads;
    stack[10] = (uint64_t)c->first;
    stack[11] = (uint64_t)c->end;
    stack[12] = word_of(0.3);
    stack[13] = word_of(c->cap);
    stack[14] = 2;
    stack[15] = (uint64_t)c->form;
    stack[16] = (uint64_t)c->bits;
    stack[17] = (uint64_t)c->bits;
    stack[18] = word_of(0);
    stack[19] = word_of(0);
    stack[20] = (uint64_t)c->packed;
    stack[21] = (uint64_t)c->packed;
    stack[22] = (uint64_t)(c->by_channel ? c->group : 0);
    attend_packed_op(stack, 23, 1);
  }
  const void *out = data_of(stack[0]);
  double *scores = malloc((size_t)c->end * sizeof *scores);
  double *row = malloc((size_t)c->width * sizeof *row);
  for (int64_t head = 0; head < c->batch * heads; head++) {
    const int64_t b = head / heads;
    const int64_t own = b * c->shared + head % heads / c->together;
    const int64_t key_head = b * 2 * c->shared + head % heads / c->together;
    const int64_t query_at = (b * all + head % heads) * c->width;
    double most = -INFINITY;
    for (int64_t e = c->first; e < c->end; e++) {
      scores[e] = 0;
      for (int64_t i = 0; i < c->width; i++) {
        const double key = e < c->packed
            ? (c->by_channel ? packed_value(&k, own, i, e, c->form)
                             : packed_value(&k, own, e, i, c->form))
            : number_at(both, c->type, (key_head * c->end + e) * c->width + i);
        scores[e] += 0.3 * key * number_at(x, c->type, query_at + i);
      }
      scores[e] = c->cap > 0 ? c->cap * tanh(scores[e] / c->cap) : scores[e];
      most = fmax(most, scores[e]);
    }
    double shares = 0;
    memset(row, 0, (size_t)c->width * sizeof *row);
    for (int64_t e = c->first; e < c->end; e++) {
      const double share = exp(scores[e] - most);
      shares += share;
      for (int64_t i = 0; i < c->width; i++) {
        row[i] += share
            * (e < c->packed
                   ? packed_value(&v, own, e, i, c->form)
                   : number_at(
                       both, c->type, ((key_head + c->shared) * c->end + e) * c->width + i));
      }
    }
    double spread = 0.1;
    for (int64_t i = 0; i < c->width; i++) {
      spread = fmax(spread, fabs(row[i] / shares));
    }
    for (int64_t i = 0; i < c->width; i++) {
      // Scores of wide codes are large, and so is what floats lose of them.
      expect(
          "attention", number_at(out, c->type, head * c->width + i), row[i] / shares,
          c->packed && c->type == FLOAT32 ? 100 * spread : 2 * spread, c->type);
    }
  }
  aoti_torch_delete_tensor_object((Tensor)stack[0]);
  void *mine[] = {x, both, k.codes, k.scales, k.zeros, v.codes, v.scales, v.zeros, scores, row};
  for (size_t i = 0; i < sizeof mine / sizeof *mine; i++) {
    free(mine[i]);
  }
  cases++;
}

static void attentions(int type) {
  static const int64_t SHAPES[][4] = {
      // together, width, end, first
      {1, 16, 1, 0}, {3, 64, 70, 0}, {2, 24, 33, 5}, {7, 80, 40, 39}, {4, 8, 100, 3}};
  static const int BITS[] = {8, 4, 2, 0, 1};
  for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++) {
    Case c = {2, 2, SHAPES[s][0], SHAPES[s][1], SHAPES[s][2], SHAPES[s][3], 0, 8, 8, 0, 0, 0, type};
    attention(&c);
    c.cap = 2;
    attention(&c);
    for (int i = 0; i < 5; i++) {
      c.bits = BITS[i];
      for (c.form = GRID_ZERO; c.form <= GRID_NEGATED; c.form++) {
        for (c.by_channel = 0; c.by_channel < 2; c.by_channel++) {
          c.cap = i % 2 ? 3 : 0;
          c.group = c.form == GRID_LEAST ? 8 : c.width;
          c.packed = c.end;
          attention(&c);
          c.packed = c.end * 2 / 3;
          if (c.packed > 0) {
            attention(&c);
          }
        }
      }
    }
  }
}

static void kept(void) {
  enum { BATCH = 2, TOKENS = 3, HEADS = 5, KEPT = 4, CAPACITY = 7, WIDTH = 6 };
  int64_t cache_sizes[] = {BATCH, KEPT, CAPACITY, WIDTH};
  int64_t x_sizes[] = {BATCH, TOKENS, HEADS, WIDTH};
  void *cache = numbers(BFLOAT16, BATCH * KEPT * CAPACITY * WIDTH);
  uint16_t *x = numbers(BFLOAT16, BATCH * TOKENS * HEADS * WIDTH);
  uint64_t stack[] = {
      (uint64_t)fake_tensor(cache, BFLOAT16, 4, cache_sizes, NULL),
      (uint64_t)fake_tensor(x, BFLOAT16, 4, x_sizes, NULL), 1, 4};
  keep_op(stack, 4, 1);
  for (int64_t at = 0; at < BATCH * TOKENS * HEADS * WIDTH; at++) {
    const int64_t head = at / WIDTH % HEADS - 1;
    const int64_t token = at / WIDTH / HEADS % TOKENS;
    const int64_t b = at / WIDTH / HEADS / TOKENS;
    if (head >= 0) {
      const int64_t to = ((b * KEPT + head) * CAPACITY + 4 + token) * WIDTH + at % WIDTH;
      expect("keep", ((uint16_t *)cache)[to], x[at], 0, FLOAT32);
    }
  }
  aoti_torch_delete_tensor_object((Tensor)stack[0]);
  free(cache);
  free(x);
  cases++;
}

static void sparse(int type, int64_t n, int64_t rows, int64_t width) {
  int64_t base_sizes[] = {n, rows};
  int64_t x_sizes[] = {n, width};
  float *base = numbers(FLOAT32, n * rows);
  void *x = numbers(type, n * width);
  int32_t *offsets = malloc((size_t)(rows + 1) * sizeof *offsets);
  offsets[0] = 0;
  for (int64_t r = 0; r < rows; r++) {
    offsets[r + 1] = offsets[r] + (int32_t)(next() % 4);
  }
  int64_t count[] = {offsets[rows]};
  int64_t ends[] = {rows + 1};
  int32_t *columns = malloc((size_t)count[0] * sizeof *columns + 1);
  float *values = numbers(FLOAT32, count[0]);
  for (int64_t i = 0; i < count[0]; i++) {
    columns[i] = (int32_t)(next() % (uint32_t)width);
  }
  // Of 32 bits as well, which is all that the stand-in knows of them.
  uint64_t stack[] = {
      (uint64_t)fake_tensor(base, FLOAT32, 2, base_sizes, NULL),
      (uint64_t)fake_tensor(x, type, 2, x_sizes, NULL),
      (uint64_t)fake_tensor(offsets, FLOAT32, 1, ends, NULL),
      (uint64_t)fake_tensor(columns, FLOAT32, 1, count, NULL),
      (uint64_t)fake_tensor(values, FLOAT32, 1, count, NULL), 2};
  sparse_add_op(stack, 6, 1);
  for (int64_t i = 0; i < n; i++) {
    for (int64_t r = 0; r < rows; r++) {
      double sum = base[i * rows + r];
      for (int32_t at = offsets[r]; at < offsets[r + 1]; at++) {
        sum += values[at] * number_at(x, type, i * width + columns[at]);
      }
      expect("sparse", number_at(data_of(stack[0]), type, i * rows + r), sum, 1, type);
    }
  }
  aoti_torch_delete_tensor_object((Tensor)stack[0]);
  free(base);
  free(x);
  free(offsets);
  free(columns);
  free(values);
  cases++;
}

// Codes of 8 bits on a grid for a row, columns with an outlier as they are, some weights apart.
static void outliers(int type, int64_t n, int64_t rows, int64_t width, double threshold, int half) {
  enum { BITS = 8 };
  int64_t x_sizes[] = {n, width};
  void *x = numbers(type, n * width);
  for (int64_t i = 0; i < n; i++) {
    put(x, type, i * width + next() % (uint32_t)width, 3 + uniform());
  }
  uint8_t *codes = malloc((size_t)(rows * width));
  for (int64_t i = 0; i < rows * width; i++) {
    codes[i] = (uint8_t)next();
  }
  const int64_t tiles = grid_tiles_down(rows);
  int64_t tile_sizes[] = {tiles, grid_tiles_across(width) * VECTOR * BITS};
  uint8_t *packed = malloc((size_t)(tile_sizes[0] * tile_sizes[1]));
  grid_pack(codes, rows, width, BITS, packed);
  int64_t scale_sizes[] = {tiles, 1, TILE_ROWS};
  float *scales = numbers(FLOAT32, tiles * TILE_ROWS);
  int64_t none[] = {0};
  int64_t apart_sizes[] = {width > 4 ? 2 : 0};
  int32_t apart[] = {1, (int32_t)width - 1};
  int64_t value_sizes[] = {rows, apart_sizes[0]};
  void *values = numbers(FLOAT16, rows * 2);
  float *exact = malloc((size_t)(n * width) * sizeof *exact);
  float *rounded = malloc((size_t)(n * width) * sizeof *rounded);
  for (int64_t i = 0; i < n; i++) {
    float greatest = 0;
    for (int64_t c = 0; c < width; c++) {
      float own = (float)number_at(x, type, i * width + c);
      own = half ? float_of_half(half_of_float(own)) : own;
      exact[i * width + c] = own;
      if (!(threshold > 0 && fabsf(own) >= (float)threshold) && fabsf(own) > greatest) {
        greatest = fabsf(own);
      }
    }
    for (int64_t c = 0; c < width; c++) {
      rounded[i * width + c] =
          rintf(exact[i * width + c] * (1 / (greatest > 1e-30f ? greatest : 1e-30f) * 127))
          * (greatest / 127);
    }
  }
  uint64_t stack[] = {
      (uint64_t)fake_tensor(x, type, 2, x_sizes, NULL),
      (uint64_t)fake_tensor(packed, UINT8, 2, tile_sizes, NULL),
      (uint64_t)fake_tensor(scales, FLOAT32, 3, scale_sizes, NULL),
      (uint64_t)fake_tensor(scales, FLOAT32, 1, none, NULL),
      (uint64_t)fake_tensor(scales, FLOAT32, 1, none, NULL),
      BITS, (uint64_t)width, (uint64_t)rows, (uint64_t)width,
      (uint64_t)fake_tensor(apart, FLOAT32, 1, apart_sizes, NULL),
      (uint64_t)fake_tensor(values, FLOAT16, 2, value_sizes, NULL),
      word_of(threshold), (uint64_t)half, 2};
  outlier_mm_op(stack, 14, 1);
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t i = 0; i < n; i++) {
      double sum = 0;
      double spread = 0;
      for (int64_t c = 0; c < width; c++) {
        int is_outlier = 0;
        for (int64_t other = 0; other < n; other++) {
          is_outlier |= threshold > 0 && fabsf(exact[other * width + c]) >= (float)threshold;
        }
        double weight = (double)scales[r] * (codes[r * width + c] - 128);
        for (int64_t a = 0; a < apart_sizes[0]; a++) {
          weight = apart[a] == c ? number_at(values, FLOAT16, r * apart_sizes[0] + a) : weight;
        }
        const double term = weight * (is_outlier ? exact : rounded)[i * width + c];
        sum += term;
        spread += fabs(term);
      }
      expect("outliers", number_at(data_of(stack[0]), type, i * rows + r), sum, spread, type);
    }
  }
  aoti_torch_delete_tensor_object((Tensor)stack[0]);
  free(x);
  free(codes);
  free(packed);
  free(scales);
  free(values);
  free(exact);
  free(rounded);
  cases++;
}

// Products and values of codes on a grid, of single rows and of pieces.
static void grids(int type, int bits, int64_t n, int64_t rows, int64_t width, int64_t group) {
  uint8_t *codes = malloc((size_t)(rows * width));
  for (int64_t i = 0; i < rows * width; i++) {
    codes[i] = (uint8_t)(next() & ((1u << bits) - 1));
  }
  const int64_t tiles = grid_tiles_down(rows);
  const int64_t groups = (width + group - 1) / group;
  int64_t tile_sizes[] = {tiles, grid_tiles_across(width) * VECTOR * bits};
  int64_t scale_sizes[] = {tiles, groups, TILE_ROWS};
  int64_t x_sizes[] = {n, width};
  int64_t none[] = {0};
  uint8_t *packed = malloc((size_t)(tile_sizes[0] * tile_sizes[1]));
  grid_pack(codes, rows, width, bits, packed);
  float *scales = numbers(FLOAT32, tiles * groups * TILE_ROWS);
  float *zeros = numbers(FLOAT32, tiles * groups * TILE_ROWS);
  void *x = numbers(type, n * width);
  float *values = malloc((size_t)(rows * width) * sizeof *values);
  for (int64_t i = 0; i < rows * width; i++) {
    const int64_t r = i / width;
    const int64_t at = (r / TILE_ROWS * groups + i % width / group) * TILE_ROWS + r % TILE_ROWS;
    values[i] = scales[at] * ((float)codes[i] - zeros[at]);
  }
#define TILED \
  (uint64_t)fake_tensor(packed, UINT8, 2, tile_sizes, NULL), \
      (uint64_t)fake_tensor(scales, FLOAT32, 3, scale_sizes, NULL), \
      (uint64_t)fake_tensor(zeros, FLOAT32, 3, scale_sizes, NULL), \
      (uint64_t)fake_tensor(scales, FLOAT32, 1, none, NULL), (uint64_t)bits, (uint64_t)group, \
      (uint64_t)rows, (uint64_t)width
  uint64_t products[] = {
      (uint64_t)fake_tensor(x, type, 2, x_sizes, NULL), TILED, 16, 0, 2};
  grid_mm_op(products, 12, 1);
  for (int64_t i = 0; i < n * rows; i++) {
    double sum = 0;
    double spread = 0;
    for (int64_t c = 0; c < width; c++) {
      const double term = values[i % rows * width + c] * number_at(x, type, i / rows * width + c);
      sum += term;
      spread += fabs(term);
    }
    // Inputs keep 15 bits.
    const double found = number_at(data_of(products[0]), type, i);
    if (!(fabs(found - sum) <= step_of(type) * fabs(sum) + 1e-4 * (spread + 1))) {
      printf("grid_mm: found %g, expected %g\n", found, sum);
      failures++;
    }
  }
  aoti_torch_delete_tensor_object((Tensor)products[0]);
  const int64_t first = tiles > 1 ? TILE_ROWS : 0;
  uint64_t piece[] = {TILED, (uint64_t)first, (uint64_t)(rows - first), (uint64_t)type, 2};
  grid_values_op(piece, 12, 1);
  int64_t ids[] = {rows - 1, -1, 0};
  int64_t id_sizes[] = {3};
  uint64_t looked[] = {
      (uint64_t)fake_tensor(ids, INT64, 1, id_sizes, NULL), TILED, (uint64_t)type, 2};
  grid_rows_op(looked, 11, 1);
  for (int64_t c = 0; c < width; c++) {
    for (int64_t r = first; r < rows; r++) {
      const double found = number_at(data_of(piece[0]), type, (r - first) * width + c);
      expect("grid_values", found, values[r * width + c], 0.02, type);
    }
    expect("grid_rows", number_at(data_of(looked[0]), type, c), values[(rows - 1) * width + c], 0.02, type);
    expect("grid_rows", number_at(data_of(looked[0]), type, 2 * width + c), values[c], 0.02, type);
    if (!isnan(number_at(data_of(looked[0]), type, width + c))) {
      printf("grid_rows: found a row of no id\n");
      failures++;
    }
  }
#undef TILED
  Grid grid = {.codes = packed, .scales = scales, .zeros = zeros, .zero_bytes = 4, .bits = bits};
  grid.group = group;
  grid.rows = rows;
  grid.columns = width;
  grid.block = grid_block(group, width);
  for (int64_t i = 0; i < rows * width; i += TILE_ROWS / 2) {
    float column[TILE_ROWS];
    grid_column(&grid, i / width / TILE_ROWS, i % width, column);
    if (column[i / width % TILE_ROWS] != values[i]) {
      printf("grid_column: found %g, expected %g\n", column[i / width % TILE_ROWS], values[i]);
      failures++;
    }
  }
  aoti_torch_delete_tensor_object((Tensor)piece[0]);
  aoti_torch_delete_tensor_object((Tensor)looked[0]);
  free(codes);
  free(packed);
  free(scales);
  free(zeros);
  free(x);
  free(values);
  cases++;
}

// A product of the layer that is checked, its codes in groups of 16.
typedef struct {
  int bits;
  int64_t rows;
  int64_t columns;
  // Codes in tiles, or values where there are 16 bits; where there are none, those that are not 0.
  uint8_t *packed;
  float *scales;
  float *zeros;
  int type;
  uint8_t *mask;
  int16_t *places;
  int64_t *offsets;
} Part;

enum { LAYER_GROUP = 16, BY_MASK = 0, BY_COLUMN = -1 };

// About half of the numbers.
static void keep_half(Part *part, const char *values) {
  const int64_t size = type_bytes(part->type);
  const int64_t bytes = (part->columns + 7) / 8;
  part->mask = calloc((size_t)(part->rows * bytes), 1);
  part->places = malloc((size_t)(part->rows * part->columns) * sizeof *part->places);
  part->offsets = malloc((size_t)(part->rows + 1) * sizeof *part->offsets);
  part->packed = calloc((size_t)(part->rows * part->columns + SPREAD_PAST), (size_t)size);
  int64_t kept = 0;
  for (int64_t i = 0; i < part->rows * part->columns; i++) {
    const int64_t c = i % part->columns;
    if (c == 0) {
      part->offsets[i / part->columns] = kept;
    }
    if (next() % 2) {
      part->mask[i / part->columns * bytes + c / 8] |= (uint8_t)(1 << c % 8);
      memcpy(part->packed + kept * size, values + i * size, (size_t)size);
      part->places[kept++] = (int16_t)c;
    }
  }
  part->offsets[part->rows] = kept;
}

static Part part_of(int type, int bits, int64_t rows, int64_t columns) {
  Part part = {bits, rows, columns, NULL, NULL, NULL, type, NULL, NULL, NULL};
  if (bits == 16) {
    part.packed = numbers(type, rows * columns);
    return part;
  }
  if (bits == BY_MASK || bits == BY_COLUMN) {
    void *values = numbers(type, rows * columns);
    keep_half(&part, values);
    free(values);
    return part;
  }
  const int64_t tiles = grid_tiles_down(rows);
  uint8_t *codes = malloc((size_t)(rows * columns));
  for (int64_t i = 0; i < rows * columns; i++) {
    codes[i] = (uint8_t)(next() & ((1u << bits) - 1));
  }
  part.packed = malloc((size_t)(tiles * grid_tiles_across(columns) * VECTOR * bits));
  grid_pack(codes, rows, columns, bits, part.packed);
  part.scales = numbers(FLOAT32, tiles * TILE_ROWS * columns / LAYER_GROUP);
  part.zeros = numbers(FLOAT32, tiles * TILE_ROWS * columns / LAYER_GROUP);
  for (int64_t i = 0; i < tiles * TILE_ROWS * columns / LAYER_GROUP; i++) {
    part.scales[i] *= 0.02f;
    part.zeros[i] += (float)(1 << (bits - 1));
  }
  free(codes);
  return part;
}

static void free_part(Part *part) {
  free(part->packed);
  free(part->scales);
  free(part->zeros);
  free(part->mask);
  free(part->places);
  free(part->offsets);
}

// Its tensors, from a place of a stack on: how many.
static int push_part(const Part *part, uint64_t *stack) {
  int64_t sizes[] = {part->rows, part->columns};
  if (part->bits == 16) {
    stack[0] = (uint64_t)fake_tensor(part->packed, part->type, 2, sizes, NULL);
    return 1;
  }
  if (part->bits == BY_MASK) {
    int64_t values[] = {part->offsets[part->rows] + SPREAD_PAST};
    int64_t mask[] = {part->rows, (part->columns + 7) / 8};
    int64_t offsets[] = {part->rows + 1};
    stack[0] = (uint64_t)fake_tensor(part->packed, part->type, 1, values, NULL);
    stack[1] = (uint64_t)fake_tensor(part->mask, UINT8, 2, mask, NULL);
    stack[2] = (uint64_t)fake_tensor(part->offsets, INT64, 1, offsets, NULL);
    return 3;
  }
  if (part->bits == BY_COLUMN) {
    int64_t kept[] = {part->offsets[part->rows]};
    int64_t offsets[] = {part->rows + 1};
    stack[0] = (uint64_t)fake_tensor(part->packed, part->type, 1, kept, NULL);
    stack[1] = (uint64_t)fake_tensor(part->places, INT16, 1, kept, NULL);
    stack[2] = (uint64_t)fake_tensor(part->offsets, INT64, 1, offsets, NULL);
    return 3;
  }
  const int64_t tiles = grid_tiles_down(part->rows);
  int64_t code_sizes[] = {tiles, grid_tiles_across(part->columns) * VECTOR * part->bits};
  int64_t scale_sizes[] = {tiles, part->columns / LAYER_GROUP, TILE_ROWS};
  int64_t none[] = {0};
  stack[0] = (uint64_t)fake_tensor(part->packed, UINT8, 2, code_sizes, NULL);
  stack[1] = (uint64_t)fake_tensor(part->scales, FLOAT32, 3, scale_sizes, NULL);
  stack[2] = (uint64_t)fake_tensor(part->zeros, FLOAT32, 3, scale_sizes, NULL);
  stack[3] = (uint64_t)fake_tensor(part->scales, FLOAT32, 1, none, NULL);
  stack[4] = (uint64_t)part->bits;
  stack[5] = LAYER_GROUP;
  stack[6] = (uint64_t)part->rows;
  stack[7] = (uint64_t)part->columns;
  return 8;
}

// What its op makes of a tensor, which it takes.
static uint64_t multiplied(const Part *part, uint64_t x, uint64_t input_bits) {
  uint64_t stack[12] = {x};
  int at = 1 + push_part(part, stack + 1);
  if (part->bits != 16 && part->bits > BY_MASK) {
    stack[at++] = input_bits;
    stack[at++] = 0;
  }
  stack[at++] = 2;
  const BoxedOp op = part->bits == 16 ? dense_mm_op
      : part->bits == BY_MASK         ? bitmask_mm_op
      : part->bits == BY_COLUMN       ? csr_mm_op
                                      : grid_mm_op;
  op(stack, (uint64_t)at, 1);
  return stack[0];
}

static uint64_t packed_part(const Part *part, uint64_t input_bits) {
  uint64_t stack[12];
  int at = push_part(part, stack);
  const BoxedOp op = part->bits == 16 ? dense_linear_op
      : part->bits == BY_MASK         ? bitmask_linear_op
      : part->bits == BY_COLUMN       ? csr_linear_op
                                      : grid_linear_op;
  if (part->bits <= BY_MASK) {
    stack[at++] = (uint64_t)part->columns;
  } else if (part->bits != 16) {
    stack[at++] = input_bits;
    stack[at++] = 0;
  }
  op(stack, (uint64_t)at, 1);
  return stack[0];
}

// How the products of a linear stand to each other, of runs of its rows where there are several: one for all;
// one behind another; one for each run, each of its own kind; one behind another for each; one for each, all of
// which are behind one for all.
enum { WHOLE, FACTORS, BESIDE, FACTORS_BESIDE, BEHIND_ONE, SHAPES };

enum { RANK = 16, MOST_RUNS = 3 };

typedef struct {
  int shape;
  int runs;
  // Of each run, or the first ones.
  Part own[MOST_RUNS];
  Part before[MOST_RUNS];
} Chain;

static Chain chain_of(
    int type, int bits, int64_t columns, int runs, const int64_t *rows, int shape) {
  const int is_one = shape == WHOLE || shape == FACTORS;
  const int is_direct = shape == WHOLE || shape == BESIDE;
  int64_t all = 0;
  for (int i = 0; i < runs; i++) {
    all += rows[i];
  }
  Chain chain = {0};
  chain.shape = shape;
  chain.runs = is_one ? 1 : runs;
  for (int i = 0; i < chain.runs; i++) {
    const int own = i == 1 ? 16 : i == 2 ? BY_MASK : bits;
    // Ranks of all sizes.
    const int64_t rank = RANK * (i + 1);
    chain.own[i] = part_of(type, own, is_one ? all : rows[i], is_direct ? columns : rank);
    if (!is_direct && shape != BEHIND_ONE) {
      chain.before[i] = part_of(type, bits, rank, columns);
    }
  }
  if (shape == BEHIND_ONE) {
    chain.before[0] = part_of(type, bits, RANK * chain.runs * (chain.runs + 1) / 2, columns);
  }
  return chain;
}

static void free_chain(Chain *chain) {
  for (int i = 0; i < MOST_RUNS; i++) {
    free_part(&chain->own[i]);
    free_part(&chain->before[i]);
  }
}

static uint64_t both(BoxedOp op, uint64_t first, uint64_t second) {
  uint64_t stack[] = {first, second};
  op(stack, 2, 1);
  return stack[0];
}

// All of it as decoder_layer_pack takes it.
static uint64_t packed_chain(const Chain *chain, uint64_t input_bits) {
  uint64_t whole = 0;
  int64_t from = 0;
  for (int i = 0; i < chain->runs; i++) {
    uint64_t one = packed_part(&chain->own[i], input_bits);
    if (chain->shape == BEHIND_ONE) {
      one = both(linear_narrowed_op, one, (uint64_t)from);
      from += chain->own[i].columns;
    } else if (chain->before[i].packed) {
      one = both(linear_behind_op, packed_part(&chain->before[i], input_bits), one);
    }
    whole = i == 0 ? one : both(linear_beside_op, whole, one);
  }
  return chain->shape == BEHIND_ONE
      ? both(linear_behind_op, packed_part(&chain->before[0], input_bits), whole)
      : whole;
}

// Some columns of a tensor to some of another.
static void copy_part(
    uint64_t x, int64_t columns, int64_t from, uint64_t y, int64_t into, int64_t to, int type, int64_t batch,
    int64_t count) {
  const int64_t size = type_bytes(type);
  for (int64_t i = 0; i < batch; i++) {
    memcpy((char *)data_of(y) + (i * into + to) * size, (char *)data_of(x) + (i * columns + from) * size,
        (size_t)(count * size));
  }
}

// Product by product.
static uint64_t chained(const Chain *chain, uint64_t x, int type, int64_t batch, uint64_t input_bits) {
  int64_t all = 0;
  for (int i = 0; i < chain->runs; i++) {
    all += chain->own[i].rows;
  }
  int64_t sizes[] = {batch, all};
  const uint64_t out = (uint64_t)fake_tensor(NULL, type, 2, sizes, NULL);
  int64_t width = chain->before[0].packed ? chain->before[0].columns : chain->own[0].columns;
  if (chain->shape == BEHIND_ONE) {
    x = multiplied(&chain->before[0], x, input_bits);
    width = chain->before[0].rows;
  }
  int64_t from = 0;
  int64_t to = 0;
  for (int i = 0; i < chain->runs; i++) {
    const Part *own = &chain->own[i];
    const int is_narrow = chain->shape == BEHIND_ONE;
    int64_t some[] = {batch, is_narrow ? own->columns : width};
    uint64_t part = (uint64_t)fake_tensor(NULL, type, 2, some, NULL);
    copy_part(x, width, from, part, some[1], 0, type, batch, some[1]);
    if (!is_narrow && chain->before[i].packed) {
      part = multiplied(&chain->before[i], part, input_bits);
    }
    part = multiplied(own, part, input_bits);
    copy_part(part, own->rows, 0, out, all, to, type, batch, own->rows);
    aoti_torch_delete_tensor_object((Tensor)part);
    from += is_narrow ? own->columns : 0;
    to += own->rows;
  }
  aoti_torch_delete_tensor_object((Tensor)x);
  return out;
}

static uint64_t borrowed(uint64_t tensor, int64_t axes, const int64_t *sizes, int type) {
  return (uint64_t)fake_tensor(data_of(tensor), type, axes, sizes, NULL);
}

// A layer in one op against its parts one after the other, to the last bit. other: with all that may be
// otherwise than in LLaMA.
static void layers(int type, int64_t batch, int bits, int64_t first, int other, int shape) {
  enum { HIDDEN = 48, HEADS = 4, SHARED = 2, HEAD_WIDTH = 16, INNER = 80, ROOM = 9, PLACE = 6 };
  const int64_t all = HEADS + 2 * SHARED;
  const int64_t heads[] = {HEADS * HEAD_WIDTH, SHARED * HEAD_WIDTH, SHARED * HEAD_WIDTH};
  const int64_t inner[] = {INNER, INNER};
  const int64_t hidden[] = {HIDDEN};
  Chain qkv = chain_of(type, bits, HIDDEN, 3, heads, shape);
  Chain o = chain_of(type, bits, HEADS * HEAD_WIDTH, 1, hidden, shape);
  Chain gate_up = chain_of(type, bits, HIDDEN, 2, inner, shape);
  Chain down = chain_of(type, bits, INNER, 1, hidden, shape);
  void *x = numbers(type, batch * HIDDEN);
  void *norm = numbers(type, HIDDEN);
  void *next_norm = numbers(type, HIDDEN);
  void *cos = numbers(type, HEAD_WIDTH);
  void *sin = numbers(type, HEAD_WIDTH);
  const int64_t cached = batch * 2 * SHARED * ROOM * HEAD_WIDTH;
  void *cache = numbers(type, cached);
  void *same = malloc((size_t)(cached * type_bytes(type)));
  memcpy(same, cache, (size_t)(cached * type_bytes(type)));
  int64_t x_sizes[] = {batch, HIDDEN};
  int64_t norm_sizes[] = {HIDDEN};
  int64_t angle_sizes[] = {1, 1, other ? HEAD_WIDTH / 2 : HEAD_WIDTH};
  int64_t cache_sizes[] = {batch, 2 * SHARED, ROOM, HEAD_WIDTH};
  int64_t qkv_sizes[] = {batch, 1, all, HEAD_WIDTH};
  const uint64_t eps = word_of(1e-5);
  const uint64_t next_eps = word_of(other ? 0.25 : 1e-5);
  const uint64_t offset = word_of(other ? 0.5 : 0);
  const uint64_t next_offset = word_of(other);
  const uint64_t scale = word_of(0.25);
  const uint64_t cap = word_of(other ? 2 : 0);
  const uint64_t pairs = other ? TURN_NEIGHBOURS : TURN_HALVES;
  const uint64_t activation = other ? GATE_GELU_TANH : GATE_SILU;
  const uint64_t input_bits = other ? 8 : 16;

  uint64_t layer[16] = {
      (uint64_t)fake_tensor(norm, type, 1, norm_sizes, NULL),
      (uint64_t)fake_tensor(next_norm, type, 1, norm_sizes, NULL)};
  Chain *linears[] = {&qkv, &o, &gate_up, &down};
  for (int i = 0; i < 4; i++) {
    layer[2 + i] = packed_chain(linears[i], input_bits);
  }
  const uint64_t rest[] = {
      eps, offset, next_eps, next_offset, HEADS, scale, cap, pairs, activation, 2};
  memcpy(layer + 6, rest, sizeof rest);
  decoder_layer_pack_op(layer, 16, 1);
  uint64_t stack[] = {
      (uint64_t)fake_tensor(x, type, 2, x_sizes, NULL),
      (uint64_t)fake_tensor(cache, type, 4, cache_sizes, NULL),
      (uint64_t)fake_tensor(cos, type, 3, angle_sizes, NULL),
      (uint64_t)fake_tensor(sin, type, 3, angle_sizes, NULL),
      layer[0], (uint64_t)first, PLACE};
  decoder_layer_op(stack, 7, 1);

  uint64_t normed[] = {(uint64_t)fake_tensor(x, type, 2, x_sizes, NULL),
      (uint64_t)fake_tensor(norm, type, 1, norm_sizes, NULL), eps, offset, 2};
  rms_norm_op(normed, 5, 1);
  uint64_t projected = chained(&qkv, normed[0], type, batch, input_bits);
  uint64_t turned[] = {borrowed(projected, 4, qkv_sizes, type),
      (uint64_t)fake_tensor(cos, type, 3, angle_sizes, NULL),
      (uint64_t)fake_tensor(sin, type, 3, angle_sizes, NULL), HEADS + SHARED, pairs, 2};
  turn_op(turned, 6, 1);
  uint64_t kept[] = {(uint64_t)fake_tensor(same, type, 4, cache_sizes, NULL),
      borrowed(projected, 4, qkv_sizes, type), HEADS, PLACE};
  keep_op(kept, 4, 1);
  uint64_t attended[] = {turned[0], kept[0], HEADS, (uint64_t)first, PLACE + 1, scale, cap, 2};
  attend_op(attended, 8, 1);
  aoti_torch_delete_tensor_object((Tensor)projected);
  uint64_t added[] = {(uint64_t)fake_tensor(x, type, 2, x_sizes, NULL), chained(&o, attended[0], type, batch, input_bits),
      (uint64_t)fake_tensor(next_norm, type, 1, norm_sizes, NULL), next_eps, next_offset, 2};
  add_rms_norm_op(added, 6, 2);
  uint64_t gated[] = {chained(&gate_up, added[1], type, batch, input_bits), activation, 2};
  gate_op(gated, 3, 1);
  const uint64_t last = chained(&down, gated[0], type, batch, input_bits);
  for (int64_t i = 0; i < batch * HIDDEN; i++) {
    char sum[4];
    put(sum, type, 0,
        (float)number_at(data_of(added[0]), type, i) + (float)number_at(data_of(last), type, i));
    if (number_at(sum, type, 0) != number_at(data_of(stack[0]), type, i)) {
      printf("layer: found %g, expected %g\n", number_at(data_of(stack[0]), type, i),
          number_at(sum, type, 0));
      failures++;
    }
  }
  if (memcmp(cache, same, (size_t)(cached * type_bytes(type))) != 0) {
    printf("layer: found another cache than its parts leave\n");
    failures++;
  }
  aoti_torch_delete_tensor_object((Tensor)stack[0]);
  aoti_torch_delete_tensor_object((Tensor)added[0]);
  aoti_torch_delete_tensor_object((Tensor)last);
  for (int i = 0; i < 4; i++) {
    free_chain(linears[i]);
  }
  free(x);
  free(norm);
  free(next_norm);
  free(cos);
  free(sin);
  free(cache);
  free(same);
  cases++;
}

// Linears that are none, or do not fit each other, are a layer of no numbers.
static void no_layer(int type) {
  enum { HIDDEN = 32, WIDTH = 16, HEADS = 2 };
  void *x = numbers(type, HIDDEN);
  void *cache = numbers(type, 2 * HEADS * WIDTH);
  int64_t x_sizes[] = {1, HIDDEN};
  int64_t norm_sizes[] = {HIDDEN};
  int64_t cache_sizes[] = {1, 2 * HEADS, 1, WIDTH};
  int64_t angle_sizes[] = {1, 1, WIDTH};
  Part right = part_of(type, 16, HIDDEN, HIDDEN);
  Part mask = part_of(type, BY_MASK, HIDDEN, HIDDEN);
  mask.columns += 8;
  Part tall = part_of(type, 16, 3 * HIDDEN, HIDDEN);
  Part wide = part_of(type, 16, 2 * HIDDEN, HIDDEN);
  const Part other = {16, HIDDEN, HIDDEN, right.packed, NULL, NULL, type == BFLOAT16 ? FLOAT16 : BFLOAT16, NULL, NULL, NULL};
  const Part low = {16, HIDDEN - 1, HIDDEN, right.packed, NULL, NULL, type, NULL, NULL, NULL};
  // As it should be; factors of two ranks; values of another type; bits of another width; one row too few; bytes
  // of something else; factors behind factors, both ways; nine side by side.
  enum { CHAINS = 9, BYTES = 5 };
  for (int i = 0; i < CHAINS; i++) {
    const Part *own = i == 2 ? &other : i == 3 ? &mask : i == 4 ? &low : &right;
    uint64_t o = packed_part(own, 16);
    if (i == 1) {
      o = both(linear_behind_op, packed_part(&wide, 16), o);
    } else if (i == 6) {
      o = both(linear_behind_op, both(linear_behind_op, packed_part(own, 16), packed_part(own, 16)), o);
    } else if (i == 7) {
      o = both(linear_behind_op, o, both(linear_behind_op, packed_part(own, 16), packed_part(own, 16)));
    } else if (i == 8) {
      for (int more = 0; more < 8; more++) {
        o = both(linear_beside_op, o, packed_part(own, 16));
      }
    }
    if (i == BYTES) {
      int64_t few[] = {1, 8};
      aoti_torch_delete_tensor_object((Tensor)o);
      o = (uint64_t)fake_tensor(x, UINT8, 2, few, NULL);
    }
    uint64_t layer[16] = {
        (uint64_t)fake_tensor(x, type, 1, norm_sizes, NULL),
        (uint64_t)fake_tensor(x, type, 1, norm_sizes, NULL), packed_part(&tall, 16), o,
        packed_part(&wide, 16), packed_part(&right, 16), word_of(1e-5), word_of(0), word_of(1e-5),
        word_of(0), HEADS, word_of(0.25), word_of(0), TURN_HALVES, GATE_SILU, 1};
    decoder_layer_pack_op(layer, 16, 1);
    uint64_t stack[] = {
        (uint64_t)fake_tensor(x, type, 2, x_sizes, NULL),
        (uint64_t)fake_tensor(cache, type, 4, cache_sizes, NULL),
        (uint64_t)fake_tensor(x, type, 3, angle_sizes, NULL),
        (uint64_t)fake_tensor(x, type, 3, angle_sizes, NULL), layer[0], 0, 0};
    decoder_layer_op(stack, 7, 1);
    const double found = number_at(data_of(stack[0]), type, 0);
    if ((found == found) != (i == 0)) {
      printf("layer %d: found %g, expected %s number\n", i, found, i ? "no" : "a");
      failures++;
    }
    aoti_torch_delete_tensor_object((Tensor)stack[0]);
  }
  free_part(&right);
  free_part(&mask);
  free_part(&tall);
  free_part(&wide);
  free(x);
  free(cache);
  cases++;
}

int main(void) {
  for (int level = PLAIN; level <= processor_level(); level++) {
    processor_level_at_most(level);
    for (int t = 0; t < 3; t++) {
      const int type = TYPES[t];
      static const int64_t WIDTHS[] = {1, 7, 16, 33, 64, 300};
      for (int w = 0; w < 6; w++) {
        for (int added = 0; added < 2; added++) {
          norms(type, 3, WIDTHS[w], 0, added);
          norms(type, 1, WIDTHS[w], 1, added);
        }
        gates(type, 2, WIDTHS[w], GATE_SILU);
        gates(type, 3, WIDTHS[w], GATE_GELU_TANH);
        greatest(type, 2, WIDTHS[w], 0);
        greatest(type, 1, WIDTHS[w], 1);
      }
      for (int pairs = TURN_HALVES; pairs <= TURN_NEIGHBOURS; pairs++) {
        turns(type, 2, 3, 32, 32, pairs);
        turns(type, 1, 1, 20, 6, pairs);
      }
      attentions(type);
      for (int n = 1; n <= 6; n++) {
        dense(type, n, 40, 33, 1);
        dense(type, n, 13, 64, 2);
      }
      dense(type, 2, 0, 7, 2);
      dense(type, 2, 5, 0, 2);
      dense(type, 0, 5, 3, 2);
      // So much that threads share it, and bytes that they do not share evenly.
      dense(type, 2, 130, 600, 2);
      dense(type, 1, 27, 152, 2);
      dense(type, 1, 1, 4097, 2);
      unlike(type);
      no_layer(type);
      for (int n = 0; n <= 5; n++) {
        bitmasks(type, n, 21, 33, 1, 0.5);
        bitmasks(type, n, 13, 64, 2, 0.2);
      }
      for (int n = 0; n <= 3; n++) {
        places(type, n, 21, 33, 1, 0.5);
        places(type, n, 13, 64, 2, 0.2);
      }
      places(type, 2, 0, 7, 2, 0.5);
      places(type, 3, 5, 0, 2, 0.5);
      places(type, 33, 18, 131, 2, 0.1);
      places(type, 64, 130, 600, 2, 0.05);
      places(type, 65, 17, 300, 2, 0.9);
      for (int64_t columns = 0; columns <= 40; columns++) {
        bitmasks(type, 1, 6, columns, 1, 0.5);
      }
      bitmasks(type, 2, 0, 7, 2, 0.5);
      bitmasks(type, 2, 130, 600, 2, 0.9);
      bitmasks(type, 64, 18, 131, 2, 0.02);
      sparse(type, 1, 40, 33);
      sparse(type, 5, 7, 64);
      for (int bits = 1; bits <= 8; bits++) {
        grids(type, bits, 1, 40, 96, 32);
        grids(type, bits, 5, 7, 50, 50);
        grids(type, bits, 70, 33, 48, 16);
      }
      for (int other = 0; other < 2; other++) {
        layers(type, 1, BY_MASK, 0, other, WHOLE);
        layers(type, 2, BY_MASK, 2, other, WHOLE);
        for (int shape = WHOLE; shape < SHAPES; shape++) {
          layers(type, 1, 4, 0, other, shape);
          layers(type, 3, 3, 2, other, shape);
          layers(type, 1, 16, 0, other, shape);
          layers(type, 5, 16, 2, other, shape);
          layers(type, 1, BY_COLUMN, 0, other, shape);
          layers(type, 3, BY_COLUMN, 2, other, shape);
        }
      }
      for (int half = 0; half < 2; half++) {
        outliers(type, 1, 40, 33, 2, half);
        outliers(type, 5, 7, 64, 2, half);
        outliers(type, 70, 16, 100, 0, half);
        outliers(type, 2, 17, 3, 0.5, half);
        // So much that threads share it.
        outliers(type, 66, 40, 600, 2, half);
      }
    }
    kept();
  }
  if (fake_tensors_alive() != 0) {
    printf("found %lld tensors, expected none\n", (long long)fake_tensors_alive());
    failures++;
  }
  printf("%lld ops between products, %d off\n", (long long)cases, failures);
  return failures > 0;
}
