// Attention, the small operations and the values of codes by AVX-512.
#define ATTEND attend_avx512
#define ROWS rows_avx512
#define VALUES grid_values_avx512

#include "attend_body.h"
#include "rows_body.h"
#include "values_body.h"
