// Attention, the small operations and the values of codes by AVX-512 with the instruction that spreads 16-bit lanes.
#include "attend_body.h"
#include "csr_body.h"
#include "dense_body.h"
#include "rows_body.h"
#include "spread_body.h"
#include "values_body.h"
#include "words_body.h"

const VectorOps vectors_vbmi2 = {
    rms_norm, gate, turn, greatest, read_numbers, write_numbers, attend, tile_values,
    dense, spread, bitmask, csr, words};
