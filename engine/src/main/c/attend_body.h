// Attention; included by one file for each level.
#include <math.h>

#include "attend.h"
#include "vectors.h"

INLINE float number_at(const GridNumbers *numbers, int64_t entry, int64_t group) {
  const int64_t at = entry * numbers->entry + group * numbers->group;
  switch (numbers->type) {
    case FLOAT32: return ((const float *)numbers->data)[at];
    case BFLOAT16: return float_of_bfloat16(((const uint16_t *)numbers->data)[at]);
    default: return float_of_half(((const uint16_t *)numbers->data)[at]);
  }
}

// The factor and the addend by which a code becomes its value.
INLINE void grid_at(
    const Entries *entries, int64_t entry, int64_t group, float *factor, float *addend) {
  const float scale = number_at(&entries->scales, entry, group);
  const float zero = entries->zeros.data ? number_at(&entries->zeros, entry, group) : 0;
  *factor = scale;
  *addend = entries->form == GRID_ZERO ? -scale * (zero + entries->shift)
      : entries->form == GRID_LEAST    ? zero
                                       : -zero;
}

#if defined(__AVX__)
// As many codes as lanes, a byte each, and the bytes of so many codes of 4 and of 2 bits.
typedef uint8_t B __attribute__((vector_size(LANES)));
typedef uint8_t B2 __attribute__((vector_size(LANES / 2)));
typedef uint8_t B4 __attribute__((vector_size(LANES / 4)));
typedef uint16_t H2 __attribute__((vector_size(LANES)));
typedef uint32_t U4 __attribute__((vector_size(LANES)));

INLINE U some_codes(const uint8_t *p, int bits) {
  if (bits == 4) {
    B2 pairs;
    memcpy(&pairs, p, sizeof pairs);
    const H2 wide = __builtin_convertvector(pairs, H2);
    return __builtin_convertvector((B)((wide & 15) | (wide >> 4) << 8), U);
  }
  if (bits == 2) {
    B4 fours;
    memcpy(&fours, p, sizeof fours);
    const U4 wide = __builtin_convertvector(fours, U4);
    const U4 apart =
        (wide & 3) | (wide & 12) << 6 | (wide & 48) << 12 | (wide & 192) << 18;
    return __builtin_convertvector((B)apart, U);
  }
  B bytes;
  memcpy(&bytes, p, sizeof bytes);
  return __builtin_convertvector(bytes, U);
}

// By its exponent, or of the smallest numbers, which have none, by what they count.
INLINE F some_float8(U x) {
  const U magnitude = x & 127;
  const F normal = (F)((magnitude << 20) + 0x3c000000);
  const F small = __builtin_convertvector((I)magnitude, F) * 0x1p-9f;
  const F value = choose((I)(magnitude < 8), small, normal);
  const F number = choose((I)(magnitude == 127), splat(NAN), value);
  return (F)((U)number | (x & 128) << 24);
}

// How many codes of a row from a place on come out as vectors; count / LANES * LANES where they begin
// with a byte.
INLINE int64_t decode_vectors(
    const uint8_t *row, int bits, int64_t at, int64_t count, float factor, float addend, float *out) {
  const int width = bits ? bits : 8;
  int64_t i = 0;
  if (at * width % 8 != 0 || width == 1) {
    return 0;
  }
  for (; i + LANES <= count; i += LANES) {
    const U codes = some_codes(row + (at + i) * width / 8, width);
    const F values = bits ? __builtin_convertvector((I)codes, F) : some_float8(codes);
    store_floats(values * factor + addend, out + i);
  }
  return i;
}
#endif

// count codes from a place on, of a row.
INLINE void decode(
    const uint8_t *row, int bits, int64_t at, int64_t count, float factor, float addend, float *out) {
  const int mask = (1 << bits) - 1;
  int64_t i = 0;
#if defined(__AVX__)
  i = decode_vectors(row, bits, at, count, factor, addend, out);
#endif
  for (; i < count; i++) {
    const int64_t bit = (at + i) * bits;
    const float code = bits ? (float)(row[bit / 8] >> bit % 8 & mask) : float_of_float8(row[at + i]);
    out[i] = code * factor + addend;
  }
}

// Entries to rows of floats, [count][padded width].
static void read_rows(
    const Entries *entries, int64_t first, int count, int64_t width, float *tile) {
  const int64_t step = attend_padded(width);
  for (int e = 0; e < count; e++) {
    const int64_t entry = first + e;
    float *out = tile + e * step;
    if (entry >= entries->packed) {
      read_row(
          entries->plain + (entry - entries->packed) * entries->stride, entries->type, width, out);
      continue;
    }
    const uint8_t *row = entries->codes + entry * entries->row;
    for (int64_t at = 0; at < width; at += entries->group) {
      float factor;
      float addend;
      grid_at(entries, entry, at / entries->group, &factor, &addend);
      const int64_t some = width - at < entries->group ? width - at : entries->group;
      decode(row, entries->bits, at, some, factor, addend, out + at);
    }
  }
}

// Products of queries and four rows, of whole vectors.
INLINE void four_dots(
    const float *q, int queries, const float *rows, int64_t width, int64_t stride, float *scores) {
  F sums[2][4] = {{{0}}};
  for (int64_t i = 0; i < width; i += LANES) {
    for (int row = 0; row < 4; row++) {
      const F k = load_floats(rows + row * width + i);
      for (int j = 0; j < queries; j++) {
        sums[j][row] += k * load_floats(q + j * width + i);
      }
    }
  }
  for (int j = 0; j < queries; j++) {
    const F4 four = sums_of(sums[j][0], sums[j][1], sums[j][2], sums[j][3]);
    memcpy(scores + j * stride, &four, sizeof four);
  }
}

// Products of all queries and rows, four rows at a time; what is over in the tile is read as well, and
// the scores have room for it.
static void dots(
    const float *q, int queries, const float *rows, int count, int64_t width, int64_t stride,
    float *scores) {
  for (int e = 0; e < count; e += 4) {
    int j = 0;
    for (; j + 2 <= queries; j += 2) {
      four_dots(q + j * width, 2, rows + e * width, width, stride, scores + j * stride + e);
    }
    if (j < queries) {
      four_dots(q + j * width, 1, rows + e * width, width, stride, scores + j * stride + e);
    }
  }
}

// Keys by channels: what each adds to the scores of all entries, one channel after the other.
static void score_by_channels(
    const Attending *what, const Entries *keys, int64_t first, int count, const float *q,
    int64_t stride, float *scores) {
  const int64_t width = attend_padded(what->width);
  float codes[ATTEND_TILE];
  for (int h = 0; h < what->heads; h++) {
    memset(scores + h * stride, 0, (size_t)count * sizeof *scores);
  }
  for (int64_t i = 0; i < what->width; i++) {
    const uint8_t *row = keys->codes + i * keys->row;
    for (int64_t at = 0; at < count;) {
      const int64_t entry = first + at;
      const int64_t group = entry / keys->group;
      const int64_t left = (group + 1) * keys->group - entry;
      const int64_t some = count - at < left ? count - at : left;
      float factor;
      float addend;
      grid_at(keys, i, group, &factor, &addend);
      decode(row, keys->bits, entry, some, factor, addend, codes + at);
      at += some;
    }
    for (int h = 0; h < what->heads; h++) {
      const float x = q[h * width + i];
      float *own = scores + h * stride;
      for (int e = 0; e < count; e++) {
        own[e] += x * codes[e];
      }
    }
  }
}

// Scores to shares, whose sum is given.
INLINE float soften(const Attending *what, float *scores, int64_t n) {
  const int64_t whole = attend_padded(n);
  for (int64_t i = n; i < whole; i++) {
    scores[i] = -INFINITY;
  }
  F most = splat(-INFINITY);
  for (int64_t i = 0; i < whole; i += LANES) {
    F x = load_floats(scores + i) * what->scale;
    if (what->cap > 0) {
      // tanh by sigmoid.
      x = what->cap * (2.0f * sigmoid_of(2.0f / what->cap * x) - 1.0f);
    }
    store_floats(x, scores + i);
    most = choose(x > most, x, most);
  }
  // Softly capped, what is padded is finite.
  for (int64_t i = n; i < whole; i++) {
    scores[i] = -INFINITY;
  }
  float greatest = -INFINITY;
  for (int lane = 0; lane < LANES; lane++) {
    greatest = most[lane] > greatest ? most[lane] : greatest;
  }
  F sums = splat(0);
  for (int64_t i = 0; i < whole; i += LANES) {
    const F share = exp_of(load_floats(scores + i) - greatest);
    store_floats(share, scores + i);
    sums += share;
  }
  return sum_of(sums);
}

// Adds rows times their shares to some vectors of one sum.
INLINE void weigh_some(
    const float *shares, const float *rows, int count, int64_t width, int vectors, float *out) {
  F sums[8];
  for (int v = 0; v < vectors; v++) {
    sums[v] = load_floats(out + v * LANES);
  }
  for (int e = 0; e < count; e++) {
    const F share = splat(shares[e]);
    for (int v = 0; v < vectors; v++) {
      sums[v] += share * load_floats(rows + e * width + v * LANES);
    }
  }
  for (int v = 0; v < vectors; v++) {
    store_floats(sums[v], out + v * LANES);
  }
}

static void weigh(const float *shares, const float *rows, int count, int64_t width, float *out) {
  int64_t i = 0;
  for (; i + 8 * LANES <= width; i += 8 * LANES) {
    weigh_some(shares, rows + i, count, width, 8, out + i);
  }
  for (; i + 4 * LANES <= width; i += 4 * LANES) {
    weigh_some(shares, rows + i, count, width, 4, out + i);
  }
  for (; i < width; i += LANES) {
    weigh_some(shares, rows + i, count, width, 1, out + i);
  }
}

static void attend(
    const Attending *what, const Entries *keys, const Entries *values, const float *q, float *room,
    float *out) {
  const int64_t width = attend_padded(what->width);
  const int64_t n = what->end - what->first;
  const int64_t stride = attend_stride(what);
  float *tile = room;
  float *scores = tile + ATTEND_TILE * width;
  float *sums = scores + what->heads * stride;
  // What is padded stays 0.
  memset(tile, 0, (size_t)(ATTEND_TILE * width) * sizeof *tile);
  for (int64_t at = 0; at < n;) {
    const int64_t entry = what->first + at;
    int count = n - at < ATTEND_TILE ? (int)(n - at) : ATTEND_TILE;
    if (keys->by_channel && entry < keys->packed) {
      count = keys->packed - entry < count ? (int)(keys->packed - entry) : count;
      score_by_channels(what, keys, entry, count, q, stride, scores + at);
    } else {
      read_rows(keys, entry, count, what->width, tile);
      dots(q, what->heads, tile, count, width, stride, scores + at);
    }
    at += count;
  }
  memset(out, 0, (size_t)(what->heads * width) * sizeof *out);
  for (int h = 0; h < what->heads; h++) {
    sums[h] = soften(what, scores + h * stride, n);
  }
  for (int64_t at = 0; at < n; at += ATTEND_TILE) {
    const int count = n - at < ATTEND_TILE ? (int)(n - at) : ATTEND_TILE;
    read_rows(values, what->first + at, count, what->width, tile);
    for (int h = 0; h < what->heads; h++) {
      weigh(scores + h * stride + at, tile, count, width, out + h * width);
    }
  }
  for (int h = 0; h < what->heads; h++) {
    for (int64_t i = 0; i < width; i++) {
      out[h * width + i] /= sums[h];
    }
  }
}
