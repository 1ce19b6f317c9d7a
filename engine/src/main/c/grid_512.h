// 16 rows at a time, by AVX-512 with bytes and words.
#include <immintrin.h>
#include <string.h>

#include "grid.h"

#define LANES 16

typedef __m512i V;
typedef __m512 F;

#define load(p) _mm512_loadu_si512(p)
#define and_ _mm512_and_si512
#define or_ _mm512_or_si512
#define right16(x, n) _mm512_srli_epi16(x, (unsigned)(n))
#define left16(x, n) _mm512_slli_epi16(x, (unsigned)(n))
#define right16_by(x, n) _mm512_srl_epi16(x, _mm_cvtsi32_si128(n))
#define left16_by(x, n) _mm512_sll_epi16(x, _mm_cvtsi32_si128(n))
#define bytes(b) _mm512_set1_epi8((char)(b))
#define words(w) _mm512_set1_epi16((short)(w))
#define none _mm512_setzero_si512
#define madd _mm512_madd_epi16
#define maddubs _mm512_maddubs_epi16
#define add _mm512_add_epi32
#define add16 _mm512_add_epi16
#define andnot _mm512_andnot_si512
#define lookup _mm512_shuffle_epi8
#define table(p) _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(p)))
#define zero _mm512_setzero_ps
#define widen _mm512_cvtepi32_ps
#define multiply_add _mm512_fmadd_ps
#define mul _mm512_mul_ps
#define sub _mm512_sub_ps
#define set1 _mm512_set1_ps
#define load_float(p) _mm512_loadu_ps((const float *)(p))
#define load_half(p) _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(p)))
#define load_bytes(p) \
  _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(p))))
#define store _mm512_storeu_ps

#define INLINE static inline __attribute__((always_inline))

// Four bytes of inputs, for all rows.
INLINE V four(const void *x) {
  int32_t all;
  memcpy(&all, x, sizeof all);
  return _mm512_set1_epi32(all);
}

INLINE F load_power(const char *p) {
  const V x = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p));
  const V small = _mm512_set1_epi32(0x00400000);
  const __mmask16 no_number = _mm512_cmpeq_epi32_mask(x, _mm512_set1_epi32(255));
  const V power = _mm512_max_epi32(_mm512_slli_epi32(x, 23), small);
  return _mm512_castsi512_ps(_mm512_mask_or_epi32(power, no_number, power, small));
}

INLINE F load_float8(const char *p) {
  const __m256i x = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)p));
  const __m256i magnitude = _mm256_and_si256(x, _mm256_set1_epi16(127));
  const __m256i sign = _mm256_slli_epi16(_mm256_and_si256(x, _mm256_set1_epi16(128)), 8);
  const __m256i no_number = _mm256_slli_epi16(_mm256_cmpeq_epi16(magnitude, _mm256_set1_epi16(127)), 9);
  const __m256i half =
      _mm256_or_si256(_mm256_or_si256(_mm256_slli_epi16(magnitude, 7), sign), no_number);
  return _mm512_mul_ps(_mm512_cvtph_ps(half), _mm512_set1_ps(256));
}
