// A whole layer for one token of each sequence.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "linear_ops.h"
#include "ops.h"
#include "tensors.h"
#include "token_ops.h"
#include "vector_ops.h"

// What stays the same from token to token. It lies in a tensor of bytes, with the addresses of what the
// tensors hold from which it was made.
typedef struct {
  Linear qkv;
  Linear o;
  Linear gate_up;
  Linear down;
  const void *norm;
  const void *next_norm;
  int64_t hidden;
  float eps;
  float next_eps;
  float offset;
  float next_offset;
  int64_t heads;
  float scale;
  float cap;
  int pairs;
  int activation;
  int threads;
} Layer;

// What a token brings.
typedef struct {
  Tensor cache;
  const void *cos;
  const void *sin;
  int64_t turned;
  int64_t first;
  int64_t position;
} Step;

static int multiply(const Layer *layer, const Linear *linear, const void *in, int type, int64_t n,
    void *out) {
  return linear_product(linear, in, type, n, layer->threads, out);
}

// Whether its parts are of types and sizes that go together.
static int fits(const Layer *layer, const Step *step, int type, int64_t hidden, int64_t batch) {
  if (tensor_axes(step->cache) != 4 || batch < 1 || tensor_size(step->cache, 1) < 2) {
    return 0;
  }
  const int64_t shared = tensor_size(step->cache, 1) / 2;
  const int64_t width = tensor_size(step->cache, 3);
  return linear_takes(&layer->qkv, type) && linear_takes(&layer->o, type)
      && linear_takes(&layer->gate_up, type) && linear_takes(&layer->down, type)
      && layer->hidden == hidden && layer->qkv.columns == hidden
      && layer->qkv.rows == (layer->heads + 2 * shared) * width
      && layer->o.columns == layer->heads * width && layer->o.rows == hidden
      && layer->gate_up.columns == hidden && layer->down.rows == hidden
      && layer->gate_up.rows == 2 * layer->down.columns
      && tensor_size(step->cache, 0) == batch && step->turned <= width
      && layer->heads >= shared && layer->heads % shared == 0 && step->first >= 0
      && step->first <= step->position && step->position < tensor_size(step->cache, 2);
}

// Rounds where the ops of its parts round, so that it is those to the last bit. x, out: [n, hidden] of a
// type. 0 for want of memory.
static int run(
    const Layer *layer, const Step *step, const char *x, int type, int64_t n, int64_t hidden, char *out) {
  const VectorOps *ops = vector_ops();
  const int64_t bytes = type_bytes(type);
  const int64_t row = hidden * bytes;
  const int64_t width = tensor_size(step->cache, 3);
  const int64_t shared = tensor_size(step->cache, 1) / 2;
  const int64_t all = layer->heads + 2 * shared;
  const int64_t inner = layer->down.columns;
  const int64_t widest = 2 * hidden > 3 * width ? 2 * hidden : 3 * width;
  const int64_t floats = widest > 2 * inner ? widest : 2 * inner;
  // Each part begins where a float may.
  const int64_t states = attend_padded(n * hidden) * bytes;
  const int64_t projected = attend_padded(n * all * width) * bytes;
  const int64_t contexts = attend_padded(n * layer->heads * width) * bytes;
  const int64_t gates = attend_padded(n * inner) * bytes;
  char *room = malloc(
      (size_t)(floats * (int64_t)sizeof(float) + 3 * states + projected + contexts + 3 * gates));
  if (!room) {
    return 0;
  }
  float *numbers = (float *)room;
  char *normed = (char *)(numbers + floats);
  char *added = normed + states;
  char *sum = added + states;
  char *qkv = sum + states;
  char *context = qkv + projected;
  char *both = context + contexts;
  char *gated = both + 2 * gates;
  for (int64_t i = 0; i < n; i++) {
    ops->rms_norm(
        x + i * row, NULL, NULL, layer->norm, type, hidden, layer->eps, layer->offset, numbers,
        normed + i * row);
  }
  if (!multiply(layer, &layer->qkv, normed, type, n, qkv)) {
    free(room);
    return 0;
  }
  for (int64_t i = 0; i < n; i++) {
    for (int64_t h = 0; h < layer->heads + shared; h++) {
      ops->turn(
          qkv + (i * all + h) * width * bytes, type, step->cos, step->sin, step->turned,
          layer->pairs, numbers);
    }
  }
  keep_rows(step->cache, qkv, n, 1, all, layer->heads, step->position);
  Attending what = {0};
  what.width = width;
  what.first = step->first;
  what.end = step->position + 1;
  what.scale = layer->scale;
  what.cap = layer->cap;
  if (!attend_plain(qkv, type, n, step->cache, what, layer->heads, layer->threads, context)
      || !multiply(layer, &layer->o, context, type, n, added)) {
    free(room);
    return 0;
  }
  for (int64_t i = 0; i < n; i++) {
    ops->rms_norm(
        x + i * row, added + i * row, sum + i * row, layer->next_norm, type, hidden,
        layer->next_eps, layer->next_offset, numbers, normed + i * row);
  }
  if (!multiply(layer, &layer->gate_up, normed, type, n, both)) {
    free(room);
    return 0;
  }
  for (int64_t i = 0; i < n; i++) {
    ops->gate(
        both + 2 * i * inner * bytes, type, inner, layer->activation, numbers,
        gated + i * inner * bytes);
  }
  const int done = multiply(layer, &layer->down, gated, type, n, added);
  float *other = numbers + hidden;
  for (int64_t i = 0; i < n; i++) {
    ops->read(sum + i * row, type, hidden, numbers);
    ops->read(added + i * row, type, hidden, other);
    for (int64_t c = 0; c < hidden; c++) {
      numbers[c] += other[c];
    }
    ops->write(numbers, type, hidden, out + i * row);
  }
  free(room);
  return done;
}

// decoder_layer_pack: what a layer is, for decoder_layer: uint8 [1, bytes]. The tensors have to outlive it, but not
// those of the linears, which are what the ops of linear_ops.c make. Norms stand before attention and
// feed-forward, which add to what comes in. With a linear that is none it is a layer that gives no numbers.
void decoder_layer_pack_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  enum { NORMS = 2, TENSORS = 6 };
  const int64_t size = (int64_t)sizeof(Layer);
  Tensor packed = tensor_matrix(1, size, UINT8);
  // Where tensors lie a struct may.
  Layer *layer = tensor_data(packed);
  memset(layer, 0, sizeof *layer);
  layer->norm = tensor_data((Tensor)stack[0]);
  layer->next_norm = tensor_data((Tensor)stack[1]);
  Linear *linears[] = {&layer->qkv, &layer->o, &layer->gate_up, &layer->down};
  int are_linears = 1;
  for (int i = 0; i < TENSORS - NORMS; i++) {
    are_linears &= linear_of((Tensor)stack[NORMS + i], linears[i]);
  }
  layer->hidden = are_linears ? tensor_count((Tensor)stack[0]) : -1;
  const uint64_t *numbers = stack + TENSORS;
  layer->eps = float_argument(numbers[0]);
  layer->offset = float_argument(numbers[1]);
  layer->next_eps = float_argument(numbers[2]);
  layer->next_offset = float_argument(numbers[3]);
  layer->heads = (int64_t)numbers[4];
  layer->scale = float_argument(numbers[5]);
  layer->cap = float_argument(numbers[6]);
  layer->pairs = (int)numbers[7];
  layer->activation = (int)numbers[8];
  layer->threads = (int)numbers[9];
  tensor_free_all(stack, TENSORS);
  stack[0] = (uint64_t)packed;
}

// decoder_layer: x [batch, hidden], contiguous, one token of each sequence, whose keys and values the
// cache takes up at a position, to what a packed layer makes of it; first: the first position that it sees.
void decoder_layer_op(uint64_t *stack, uint64_t arguments, uint64_t results) {
  (void)arguments;
  (void)results;
  enum { TENSORS = 5 };
  Tensor x = (Tensor)stack[0];
  const int type = tensor_dtype(x);
  const int64_t n = tensor_size(x, 0);
  const int64_t hidden = tensor_size(x, 1);
  const Layer *layer = tensor_data((Tensor)stack[4]);
  const int is_packed = tensor_count((Tensor)stack[4]) == (int64_t)sizeof *layer;
  Step step = {0};
  step.cache = (Tensor)stack[1];
  step.cos = tensor_data((Tensor)stack[2]);
  step.sin = tensor_data((Tensor)stack[3]);
  step.turned = tensor_count((Tensor)stack[2]);
  step.first = (int64_t)stack[5];
  step.position = (int64_t)stack[6];
  Tensor y = tensor_matrix(n, hidden, type);
  if (!is_packed || !fits(layer, &step, type, hidden, n)
      || !run(layer, &step, tensor_data(x), type, n, hidden, tensor_data(y))) {
    no_numbers(tensor_data(y), n * hidden, type);
  }
  tensor_free_all(stack, TENSORS);
  stack[0] = (uint64_t)y;
}
