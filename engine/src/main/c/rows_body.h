// The small operations; included by one file for each level.
#include "vector_ops.h"
#include "vectors.h"

static void rms_norm(
    const void *x, const void *added, void *sum, const void *weight, int type, int64_t width,
    float eps, float offset, float *room, void *out) {
  float *values = room;
  float *factors = room + width;
  read_row(x, type, width, values);
  if (added) {
    read_row(added, type, width, factors);
    for (int64_t i = 0; i < width; i++) {
      values[i] += factors[i];
    }
    write_row(values, type, width, sum);
    read_row(sum, type, width, values);
  }
  read_row(weight, type, width, factors);
  F squares = splat(0);
  int64_t i = 0;
  for (; i + LANES <= width; i += LANES) {
    const F v = load_floats(values + i);
    squares += v * v;
  }
  float all = sum_of(squares);
  for (; i < width; i++) {
    all += values[i] * values[i];
  }
  const float inverse = 1 / sqrtf(all / (float)width + eps);
  for (i = 0; i < width; i++) {
    values[i] = values[i] * inverse * (offset + factors[i]);
  }
  write_row(values, type, width, out);
}

INLINE F activated(F x, int activation) {
  if (activation == GATE_SILU) {
    return x * sigmoid_of(x);
  }
  // x / 2 * (1 + tanh(u)) is x * sigmoid(2 u).
  return x * sigmoid_of(1.5957691216f * (x + 0.044715f * x * x * x));
}

static void gate(
    const void *both, int type, int64_t width, int activation, float *room, void *out) {
  float *inner = room;
  float *factors = room + width;
  read_row(both, type, 2 * width, inner);
  int64_t i = 0;
  for (; i + LANES <= width; i += LANES) {
    store_floats(activated(load_floats(inner + i), activation) * load_floats(factors + i), inner + i);
  }
  if (i < width) {
    float last[LANES] = {0};
    memcpy(last, inner + i, (size_t)(width - i) * sizeof *last);
    store_floats(activated(load_floats(last), activation), last);
    for (int64_t j = i; j < width; j++) {
      inner[j] = last[j - i] * factors[j];
    }
  }
  write_row(inner, type, width, out);
}

static void turn(
    void *head, int type, const void *cos, const void *sin, int64_t turned, int pairs, float *room) {
  const int64_t half = turned / 2;
  float *x = room;
  float *c = room + turned;
  float *s = room + 2 * turned;
  read_row(head, type, turned, x);
  read_row(cos, type, half, c);
  read_row((const char *)sin + half * type_bytes(type), type, half, s);
  if (pairs == TURN_HALVES) {
    for (int64_t i = 0; i < half; i++) {
      const float a = x[i];
      const float b = x[half + i];
      x[i] = a * c[i] - b * s[i];
      x[half + i] = b * c[i] + a * s[i];
    }
  } else {
    for (int64_t i = 0; i < half; i++) {
      const float a = x[2 * i];
      const float b = x[2 * i + 1];
      x[2 * i] = a * c[i] - b * s[i];
      x[2 * i + 1] = b * c[i] + a * s[i];
    }
  }
  write_row(x, type, turned, head);
}

static int64_t greatest(const void *x, int type, int64_t width) {
  enum { BLOCK = 256 };
  float block[BLOCK];
  float best = -INFINITY;
  int64_t place = 0;
  for (int64_t begin = 0; begin < width; begin += BLOCK) {
    const int n = width - begin < BLOCK ? (int)(width - begin) : BLOCK;
    read_row((const char *)x + begin * type_bytes(type), type, n, block);
    for (int i = n; i < BLOCK; i++) {
      block[i] = -INFINITY;
    }
    F most = splat(-INFINITY);
    F sums = splat(0);
    for (int i = 0; i < BLOCK; i += LANES) {
      const F v = load_floats(block + i);
      most = choose(v > most, v, most);
      sums += choose(v != v, v, splat(0));
    }
    const float odd = sum_of(sums);
    float here = -INFINITY;
    for (int lane = 0; lane < LANES; lane++) {
      here = most[lane] > here ? most[lane] : here;
    }
    if (odd == odd && here <= best) {
      continue;
    }
    for (int i = 0; i < n; i++) {
      if (odd != odd ? block[i] != block[i] : block[i] == here) {
        best = here;
        place = begin + i;
        break;
      }
    }
    if (odd != odd) {
      break;
    }
  }
  return place;
}

static void read_numbers(const void *from, int type, int64_t n, float *out) {
  read_row(from, type, n, out);
}

static void write_numbers(const float *from, int type, int64_t n, void *out) {
  write_row(from, type, n, out);
}
