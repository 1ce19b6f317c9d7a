// 16 rows at a time, by AVX-512 with bytes and words.
#include "grid.h"

#include <immintrin.h>
#include <string.h>

#define GRID_TILE grid_tile_avx512
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
#define add _mm512_add_epi32
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

// Two inputs, for all rows.
static inline __attribute__((always_inline)) __m512i pair(const int16_t *x) {
  int32_t both;
  memcpy(&both, x, sizeof both);
  return _mm512_set1_epi32(both);
}

#include "grid_tile.h"
