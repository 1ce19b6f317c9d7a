// 8 rows at a time, by AVX2, FMA and F16C.
#include "grid.h"

#include <immintrin.h>
#include <string.h>

#define GRID_TILE grid_tile_avx2
#define LANES 8

typedef __m256i V;
typedef __m256 F;

#define load(p) _mm256_loadu_si256((const __m256i *)(p))
#define and_ _mm256_and_si256
#define or_ _mm256_or_si256
#define right16 _mm256_srli_epi16
#define left16 _mm256_slli_epi16
#define right16_by(x, n) _mm256_srl_epi16(x, _mm_cvtsi32_si128(n))
#define left16_by(x, n) _mm256_sll_epi16(x, _mm_cvtsi32_si128(n))
#define bytes(b) _mm256_set1_epi8((char)(b))
#define words(w) _mm256_set1_epi16((short)(w))
#define none _mm256_setzero_si256
#define madd _mm256_madd_epi16
#define maddubs _mm256_maddubs_epi16
#define add _mm256_add_epi32
#define add16 _mm256_add_epi16
#define andnot _mm256_andnot_si256
#define lookup _mm256_shuffle_epi8
#define table(p) _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(p)))
#define zero _mm256_setzero_ps
#define widen _mm256_cvtepi32_ps
#define multiply_add _mm256_fmadd_ps
#define mul _mm256_mul_ps
#define sub _mm256_sub_ps
#define set1 _mm256_set1_ps
#define load_float(p) _mm256_loadu_ps((const float *)(p))
#define load_half(p) _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p)))
#define load_bytes(p) \
  _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(p))))
#define store _mm256_storeu_ps

#define INLINE static inline __attribute__((always_inline))

// Four bytes of inputs, for all rows.
INLINE V four(const void *x) {
  int32_t all;
  memcpy(&all, x, sizeof all);
  return _mm256_set1_epi32(all);
}

INLINE F load_power(const char *p) {
  const V x = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p));
  const V small = _mm256_set1_epi32(0x00400000);
  const V no_number = _mm256_and_si256(_mm256_cmpeq_epi32(x, _mm256_set1_epi32(255)), small);
  return _mm256_castsi256_ps(
      _mm256_or_si256(_mm256_max_epi32(_mm256_slli_epi32(x, 23), small), no_number));
}

INLINE F load_float8(const char *p) {
  const __m128i x = _mm_cvtepu8_epi16(_mm_loadl_epi64((const __m128i *)p));
  const __m128i magnitude = _mm_and_si128(x, _mm_set1_epi16(127));
  const __m128i sign = _mm_slli_epi16(_mm_and_si128(x, _mm_set1_epi16(128)), 8);
  const __m128i no_number = _mm_slli_epi16(_mm_cmpeq_epi16(magnitude, _mm_set1_epi16(127)), 9);
  const __m128i half = _mm_or_si128(_mm_or_si128(_mm_slli_epi16(magnitude, 7), sign), no_number);
  return _mm256_mul_ps(_mm256_cvtph_ps(half), _mm256_set1_ps(256));
}

#include "grid_tile.h"
