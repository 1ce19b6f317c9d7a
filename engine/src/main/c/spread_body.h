// Numbers under bits: what is stored of a row goes to its columns, zeros between; included by one file for
// each level, behind dense_body.h.
#include "vector_ops.h"
#include "vectors.h"

// Without a branch, as bits come in no order that could be foreseen.
#define SPREAD_ONE_BY_ONE(Word)                                \
  for (; c < columns; c++) {                                   \
    const Word bit = (Word)((uint32_t)bits[c / 8] >> c % 8 & 1); \
    out[c] = (Word)(*from & (Word)(0 - bit));                  \
    from += bit;                                               \
  }

#if defined(__AVX512VBMI2__)

INLINE U next_pairs(const uint16_t **from, const uint8_t *bits) {
  uint32_t mask;
  memcpy(&mask, bits, sizeof mask);
  const __m512i spread = _mm512_maskz_expand_epi16(mask, _mm512_loadu_si512(*from));
  *from += __builtin_popcount(mask);
  return (U)spread;
}

#elif defined(__AVX2__)

// For each byte of bits where its lanes' bytes come from: from nowhere where the highest bit is set.
#define BIT(m, i) ((m) >> (i) & 1)
#define RANK(m, i)                                                                              \
  (BIT(m, 0) * ((i) > 0) + BIT(m, 1) * ((i) > 1) + BIT(m, 2) * ((i) > 2) + BIT(m, 3) * ((i) > 3) \
   + BIT(m, 4) * ((i) > 4) + BIT(m, 5) * ((i) > 5) + BIT(m, 6) * ((i) > 6))
#define LANE(m, i) BIT(m, i) ? 2 * RANK(m, i) : 128, BIT(m, i) ? 2 * RANK(m, i) + 1 : 128
#define OF(m)                                                                             \
  {LANE(m, 0), LANE(m, 1), LANE(m, 2), LANE(m, 3), LANE(m, 4), LANE(m, 5), LANE(m, 6), LANE(m, 7)}
#define OF4(m) OF(m), OF((m) + 1), OF((m) + 2), OF((m) + 3)
#define OF16(m) OF4(m), OF4((m) + 4), OF4((m) + 8), OF4((m) + 12)
#define OF64(m) OF16(m), OF16((m) + 16), OF16((m) + 32), OF16((m) + 48)
static const uint8_t PLACES[256][16] = {OF64(0), OF64(64), OF64(128), OF64(192)};

INLINE __m128i next_eight(const uint16_t **from, uint8_t mask) {
  const __m128i places = _mm_loadu_si128((const __m128i *)PLACES[mask]);
  const __m128i spread = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)*from), places);
  *from += __builtin_popcount(mask);
  return spread;
}

INLINE __m256i next_sixteen(const uint16_t **from, const uint8_t *bits) {
  const __m128i low = next_eight(from, bits[0]);
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), next_eight(from, bits[1]), 1);
}

INLINE U next_pairs(const uint16_t **from, const uint8_t *bits) {
  const __m256i low = next_sixteen(from, bits);
#if defined(__AVX512F__)
  return (U)_mm512_inserti64x4(_mm512_castsi256_si512(low), next_sixteen(from, bits + 2), 1);
#else
  return (U)low;
#endif
}

#endif

static void spread_halves(
    const uint16_t *from, const uint8_t *bits, int64_t columns, uint16_t *out) {
  int64_t c = 0;
#if defined(__AVX2__)
  for (; c + 2 * LANES <= columns; c += 2 * LANES) {
    const U pairs = next_pairs(&from, bits + c / 8);
    memcpy(out + c, &pairs, sizeof pairs);
  }
#endif
  SPREAD_ONE_BY_ONE(uint16_t)
}

static void spread_floats(
    const uint32_t *from, const uint8_t *bits, int64_t columns, uint32_t *out) {
  int64_t c = 0;
#if defined(__AVX512F__)
  for (; c + LANES <= columns; c += LANES) {
    uint16_t mask;
    memcpy(&mask, bits + c / 8, sizeof mask);
    _mm512_storeu_si512(out + c, _mm512_maskz_expand_epi32(mask, _mm512_loadu_si512(from)));
    from += __builtin_popcount(mask);
  }
#endif
  SPREAD_ONE_BY_ONE(uint32_t)
}

static void spread(const void *values, int type, const uint8_t *bits, int64_t columns, void *out) {
  if (type == FLOAT32) {
    spread_floats(values, bits, columns, out);
  } else {
    spread_halves(values, bits, columns, out);
  }
}

#if defined(__AVX2__)

// What dense_pairs gives of one input, to the last bit, the row never written.
static void bitmask_pairs(
    const uint16_t *from, const uint8_t *bits, int64_t columns, const float *x, float *out) {
  enum { UNIT = 2 * LANES, UNITS = 4 };
  const int64_t whole = columns / DENSE_BLOCK * DENSE_BLOCK;
  Sums sums;
  no_sums(1, UNITS, sums);
  int64_t i = 0;
#define PAIRS(u, sum)                                                          \
  {                                                                            \
    const int64_t at = i + (u) * UNIT;                                         \
    const int64_t place = at / DENSE_BLOCK * DENSE_BLOCK + at % DENSE_BLOCK / 2; \
    const U w = next_pairs(&from, bits + at / 8);                              \
    sums[0][sum] += (F)(w << 16) * load_floats(x + place);                     \
    sums[0][sum] += (F)(w & 0xffff0000u) * load_floats(x + place + DENSE_BLOCK / 2); \
  }
  for (; i + UNITS * UNIT <= whole; i += UNITS * UNIT) {
    for (int u = 0; u < UNITS; u++) {
      PAIRS(u, u)
    }
  }
  for (; i < whole; i += UNIT) {
    PAIRS(0, 0)
  }
#undef PAIRS
  uint16_t rest[DENSE_BLOCK];
  spread_halves(from, bits + whole / 8, columns - whole, rest);
  finish(
      (const char *)rest, BFLOAT16, 0, columns - whole, x + whole, 0, 1, UNITS, sums, out, 1);
}

#endif

static void bitmask(
    const void *values, const uint8_t *bits, int type, int64_t columns, const float *x, int n,
    int64_t stride, void *room, float *out, int64_t step) {
#if defined(__AVX2__)
  if (type == BFLOAT16 && n == 1) {
    bitmask_pairs(values, bits, columns, x, out);
    return;
  }
#endif
  spread(values, type, bits, columns, room);
  dense(room, type, columns, x, n, stride, out, step);
}
