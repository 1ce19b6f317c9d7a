// Attention, the small operations and the values of codes by AVX2.
#define ATTEND attend_avx2
#define ROWS rows_avx2
#define VALUES grid_values_avx2

#include "attend_body.h"
#include "rows_body.h"
#include "values_body.h"
