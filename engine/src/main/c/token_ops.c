// The ops of what stands between products: norms, gates, turns of heads, caches and attention.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attend.h"
#include "ops.h"
#include "rooms.h"
#include "tensors.h"
#include "token_ops.h"
#include "vector_ops.h"

// Numbers from which on several threads are worth their start.
enum { NUMBERS_OF_THREADS = 32768 };

static int is_many(int threads, int64_t numbers) {
  return threads > 1 && numbers > NUMBERS_OF_THREADS;
}

// Rows of x, or of the sum of x and what is added, which goes to sum.
static void norm_rows(
    Tensor x, Tensor added, Tensor weight, float eps, float offset, int threads, Tensor sum,
    Tensor out) {
  const int type = tensor_dtype(x);
  const int64_t width = tensor_count(weight);
  const int64_t rows = width ? tensor_count(x) / width : 0;
  const int64_t bytes = width * type_bytes(type);
  const char *in = tensor_data(x);
  const char *other = added ? tensor_data(added) : NULL;
  const void *factors = tensor_data(weight);
  char *sums = sum ? tensor_data(sum) : NULL;
  char *to = tensor_data(out);
  const VectorOps *ops = vector_ops();
  float *rooms = rooms_for(threads, 2 * width);
  if (!rooms) {
    no_numbers(to, rows * width, type);
    if (sums) {
      no_numbers(sums, rows * width, type);
    }
    return;
  }
#pragma omp parallel for schedule(static) num_threads(threads) if (is_many(threads, rows * width))
  for (int64_t r = 0; r < rows; r++) {
    ops->rms_norm(
        in + r * bytes, other ? other + r * bytes : NULL, sums ? sums + r * bytes : NULL, factors,
        type, width, eps, offset, own_room(rooms, 2 * width), to + r * bytes);
  }
  free(rooms);
}

// rms_norm(Tensor x, Tensor weight, float eps, float offset, int threads) -> Tensor
void rms_norm_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  Tensor y = tensor_like(x);
  norm_rows(
      x, NULL, (Tensor)stack[1], float_argument(stack[2]), float_argument(stack[3]),
      (int)stack[4], NULL, y);
  tensor_free_all(stack, 2);
  stack[0] = (uint64_t)y;
}

// add_rms_norm(Tensor x, Tensor added, Tensor weight, float eps, float offset, int threads)
// -> (Tensor, Tensor): the sum, and its norm.
void add_rms_norm_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  Tensor sum = tensor_like(x);
  Tensor y = tensor_like(x);
  norm_rows(
      x, (Tensor)stack[1], (Tensor)stack[2], float_argument(stack[3]), float_argument(stack[4]),
      (int)stack[5], sum, y);
  tensor_free_all(stack, 3);
  stack[0] = (uint64_t)sum;
  stack[1] = (uint64_t)y;
}

// gate(Tensor both, int activation, int threads) -> Tensor: [rows, 2 * width] to [rows, width].
void gate_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor both = (Tensor)stack[0];
  const int type = tensor_dtype(both);
  const int64_t rows = tensor_size(both, 0);
  const int64_t width = tensor_size(both, 1) / 2;
  const int64_t bytes = width * type_bytes(type);
  const char *in = tensor_data(both);
  const int activation = (int)stack[1];
  const int threads = (int)stack[2];
  const VectorOps *ops = vector_ops();
  Tensor y = tensor_matrix(rows, width, type);
  char *out = tensor_data(y);
  float *rooms = rooms_for(threads, 2 * width);
  if (!rooms) {
    no_numbers(out, rows * width, type);
  } else {
#pragma omp parallel for schedule(static) num_threads(threads) if (is_many(threads, rows * width))
    for (int64_t r = 0; r < rows; r++) {
      ops->gate(
          in + 2 * r * bytes, type, width, activation, own_room(rooms, 2 * width), out + r * bytes);
    }
    free(rooms);
  }
  tensor_free_all(stack, 1);
  stack[0] = (uint64_t)y;
}

// turn(Tensor x, Tensor cos, Tensor sin, int turning, int pairs, int threads) -> Tensor
// x: [batch, tokens, heads, width], contiguous, whose first heads turn where they are; cos, sin:
// [tokens, 1, turned].
void turn_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  const int type = tensor_dtype(x);
  const int64_t tokens = tensor_size(x, 1);
  const int64_t rows = tensor_size(x, 0) * tokens;
  const int64_t heads = tensor_size(x, 2);
  const int64_t width = tensor_size(x, 3);
  const int64_t turned = tensor_count((Tensor)stack[1]) / (tokens > 0 ? tokens : 1);
  const int64_t turning = (int64_t)stack[3];
  const int pairs = (int)stack[4];
  const int threads = (int)stack[5];
  const int64_t bytes = type_bytes(type);
  const char *cos = tensor_data((Tensor)stack[1]);
  const char *sin = tensor_data((Tensor)stack[2]);
  char *all = tensor_data(x);
  const VectorOps *ops = vector_ops();
  float *rooms = rooms_for(threads, 3 * turned);
  if (!rooms) {
    no_numbers(all, rows * heads * width, type);
  } else {
#pragma omp parallel for schedule(static) num_threads(threads) if (is_many(threads, rows * heads * width))
    for (int64_t r = 0; r < rows; r++) {
      const int64_t angle = r % tokens * turned * bytes;
      for (int64_t h = 0; h < turning; h++) {
        ops->turn(
            all + (r * heads + h) * width * bytes, type, cos + angle, sin + angle, turned, pairs,
            own_room(rooms, 3 * turned));
      }
    }
    free(rooms);
  }
  tensor_free_all(stack + 1, 2);
}

// keep(Tensor cache, Tensor x, int head, int position) -> Tensor
// The heads of x, [batch, tokens, heads, width], from one on, to their places in a cache, [batch, heads,
// capacity, width], which comes back. Both are contiguous.
void keep_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[1];
  keep_rows(
      (Tensor)stack[0], tensor_data(x), tensor_size(x, 0), tensor_size(x, 1), tensor_size(x, 2),
      (int64_t)stack[2], (int64_t)stack[3]);
  tensor_free_all(stack + 1, 1);
}

// greatest(Tensor x) -> Tensor: the place of the greatest number of each row, int64 [rows, 1].
void greatest_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  const int type = tensor_dtype(x);
  const int64_t rows = tensor_size(x, 0);
  const int64_t width = tensor_size(x, 1);
  const char *in = tensor_data(x);
  Tensor y = tensor_matrix(rows, 1, INT64);
  int64_t *places = tensor_data(y);
  const VectorOps *ops = vector_ops();
  for (int64_t r = 0; r < rows; r++) {
    places[r] = ops->greatest(in + r * width * type_bytes(type), type, width);
  }
  tensor_free_all(stack, 1);
  stack[0] = (uint64_t)y;
}

// Where there are no packed entries their tensors are empty.
typedef struct {
  Tensor codes;
  Tensor scales;
  Tensor zeros;
  Tensor plain;
  // The head of the plain ones that is the first.
  int64_t plain_head;
  int64_t packed;
  int bits;
  int form;
  float shift;
  // Entries that share a scale, where codes are those of channels; otherwise 0.
  int64_t channel_group;
} Stored;

static GridNumbers numbers_of(Tensor tensor, int64_t batch, int64_t head) {
  GridNumbers numbers = {0};
  if (tensor_count(tensor) > 0) {
    // A size of 1 serves all.
    const int64_t of_batch = tensor_size(tensor, 0) == 1 ? 0 : tensor_stride(tensor, 0);
    const int64_t of_head = tensor_size(tensor, 1) == 1 ? 0 : tensor_stride(tensor, 1);
    numbers.type = tensor_dtype(tensor);
    numbers.data = (const char *)tensor_data(tensor)
        + (batch * of_batch + head * of_head) * type_bytes(numbers.type);
    numbers.entry = tensor_size(tensor, 2) == 1 ? 0 : tensor_stride(tensor, 2);
    numbers.group = tensor_stride(tensor, 3);
  }
  return numbers;
}

static Entries entries_of(const Stored *stored, int64_t width, int64_t batch, int64_t head) {
  Entries entries = {0};
  entries.packed = stored->packed;
  if (stored->packed > 0) {
    Tensor codes = stored->codes;
    entries.row = tensor_stride(codes, 2);
    entries.codes = (const uint8_t *)tensor_data(codes) + batch * tensor_stride(codes, 0)
        + head * tensor_stride(codes, 1);
    entries.bits = stored->bits;
    entries.form = stored->form;
    entries.shift = stored->shift;
    entries.scales = numbers_of(stored->scales, batch, head);
    entries.zeros = numbers_of(stored->zeros, batch, head);
    entries.by_channel = stored->channel_group > 0;
    entries.group =
        entries.by_channel ? stored->channel_group : width / tensor_size(stored->scales, 3);
  }
  if (tensor_count(stored->plain) > 0) {
    Tensor plain = stored->plain;
    entries.type = tensor_dtype(plain);
    entries.stride = tensor_stride(plain, 2) * type_bytes(entries.type);
    entries.plain = (const char *)tensor_data(plain)
        + (batch * tensor_stride(plain, 0) + (stored->plain_head + head) * tensor_stride(plain, 1))
            * type_bytes(entries.type);
  }
  return entries;
}

// in: [batch, heads and others, width] of a type; shared: heads of keys. out: [batch, heads * width].
static int attend_rows(
    const char *in, int type, int64_t batch, int64_t all, const Stored *keys, const Stored *values,
    Attending what, int64_t heads, int64_t shared, int threads, char *out) {
  const int64_t width = what.width;
  const int64_t step = attend_padded(width);
  const int64_t bytes = width * type_bytes(type);
  const int64_t together = heads / shared;
  // Of each head of keys as many parts as give every thread one.
  const int64_t wanted = (threads + batch * shared - 1) / (batch * shared);
  const int64_t each = (together + wanted - 1) / wanted;
  const int64_t parts = (together + each - 1) / each;
  what.heads = (int)each;
  const int64_t floats = attend_room(&what) + 2 * each * step;
  float *rooms = rooms_for(threads, floats);
  const VectorOps *ops = vector_ops();
  if (!rooms) {
    return 0;
  }
#pragma omp parallel for schedule(static) num_threads(threads) if (is_many(threads, batch * heads * width * (what.end - what.first)))
  for (int64_t unit = 0; unit < batch * shared * parts; unit++) {
    const int64_t b = unit / (shared * parts);
    const int64_t head = unit / parts % shared;
    const int64_t first = head * together + unit % parts * each;
    const int64_t left = (head + 1) * together - first;
    Attending here = what;
    here.heads = (int)(left < each ? left : each);
    float *q = own_room(rooms, floats);
    float *sums = q + each * step;
    memset(q, 0, (size_t)(each * step) * sizeof *q);
    for (int h = 0; h < here.heads; h++) {
      ops->read(in + (b * all + first + h) * bytes, type, width, q + h * step);
    }
    const Entries k = entries_of(keys, width, b, head);
    const Entries v = entries_of(values, width, b, head);
    ops->attend(&here, &k, &v, q, sums + each * step, sums);
    for (int h = 0; h < here.heads; h++) {
      ops->write(sums + h * step, type, width, out + (b * heads + first + h) * bytes);
    }
  }
  free(rooms);
  return 1;
}

// x: [batch, 1, heads and others, width], contiguous. -> [batch, heads * width].
static Tensor attend(
    Tensor x, const Stored *keys, const Stored *values, Attending what, int64_t heads,
    int64_t shared, int threads) {
  const int64_t batch = tensor_size(x, 0);
  const int type = tensor_dtype(x);
  Tensor y = tensor_matrix(batch, heads * what.width, type);
  if (!attend_rows(
          tensor_data(x), type, batch, tensor_size(x, 2), keys, values, what, heads, shared, threads,
          tensor_data(y))) {
    no_numbers(tensor_data(y), batch * heads * what.width, type);
  }
  return y;
}

// Those of a plain cache from a head on.
static Stored plain_of(Tensor cache, int64_t first_head) {
  Stored stored = {0};
  stored.plain = cache;
  stored.plain_head = first_head;
  return stored;
}

int attend_plain(
    const void *in, int type, int64_t batch, Tensor cache, Attending what, int64_t heads, int threads,
    void *out) {
  const int64_t shared = tensor_size(cache, 1) / 2;
  const Stored keys = plain_of(cache, 0);
  const Stored values = plain_of(cache, shared);
  return attend_rows(
      in, type, batch, heads + 2 * shared, &keys, &values, what, heads, shared, threads, out);
}

void keep_rows(
    Tensor cache, const void *in, int64_t batch, int64_t tokens, int64_t heads, int64_t first,
    int64_t position) {
  const int64_t kept = tensor_size(cache, 1);
  const int64_t capacity = tensor_size(cache, 2);
  const int64_t bytes = tensor_size(cache, 3) * type_bytes(tensor_dtype(cache));
  char *to = tensor_data(cache);
  const char *from = in;
  for (int64_t b = 0; b < batch; b++) {
    for (int64_t t = 0; t < tokens; t++) {
      for (int64_t h = 0; h < kept; h++) {
        memcpy(
            to + ((b * kept + h) * capacity + position + t) * bytes,
            from + ((b * tokens + t) * heads + first + h) * bytes, (size_t)bytes);
      }
    }
  }
}

// attend(Tensor x, Tensor cache, int heads, int first, int end, float scale, float cap, int threads)
// -> Tensor. cache: [batch, 2 * shared, capacity, width], the keys of all heads before the values.
void attend_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  Tensor cache = (Tensor)stack[1];
  const int64_t shared = tensor_size(cache, 1) / 2;
  Attending what = {0};
  what.width = tensor_size(x, 3);
  what.first = (int64_t)stack[3];
  what.end = (int64_t)stack[4];
  what.scale = float_argument(stack[5]);
  what.cap = float_argument(stack[6]);
  const Stored keys = plain_of(cache, 0);
  const Stored values = plain_of(cache, shared);
  Tensor y = attend(x, &keys, &values, what, (int64_t)stack[2], shared, (int)stack[7]);
  tensor_free_all(stack, 2);
  stack[0] = (uint64_t)y;
}

// attend_packed(Tensor x, Tensor key_codes, Tensor key_scales, Tensor key_zeros, Tensor value_codes,
// Tensor value_scales, Tensor value_zeros, Tensor keys, Tensor values, int heads, int first, int end,
// float scale, float cap, int threads, int form, int key_bits, int value_bits, float key_shift, float
// value_shift, int packed_keys, int packed_values, int key_group) -> Tensor. Codes: [batch, shared,
// entries, bytes], those of keys by channels where key_group is not 0; keys, values: what follows them.
void attend_packed_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  Tensor x = (Tensor)stack[0];
  const int64_t shared = (tensor_size(x, 2) - (int64_t)stack[9]) / 2;
  Attending what = {0};
  what.width = tensor_size(x, 3);
  what.first = (int64_t)stack[10];
  what.end = (int64_t)stack[11];
  what.scale = float_argument(stack[12]);
  what.cap = float_argument(stack[13]);
  Stored keys = {0};
  keys.codes = (Tensor)stack[1];
  keys.scales = (Tensor)stack[2];
  keys.zeros = (Tensor)stack[3];
  keys.plain = (Tensor)stack[7];
  keys.form = (int)stack[15];
  keys.bits = (int)stack[16];
  keys.shift = float_argument(stack[18]);
  keys.packed = (int64_t)stack[20];
  keys.channel_group = (int64_t)stack[22];
  Stored values = {0};
  values.codes = (Tensor)stack[4];
  values.scales = (Tensor)stack[5];
  values.zeros = (Tensor)stack[6];
  values.plain = (Tensor)stack[8];
  values.form = keys.form;
  values.bits = (int)stack[17];
  values.shift = float_argument(stack[19]);
  values.packed = (int64_t)stack[21];
  Tensor y = attend(x, &keys, &values, what, (int64_t)stack[9], shared, (int)stack[14]);
  tensor_free_all(stack, 9);
  stack[0] = (uint64_t)y;
}
