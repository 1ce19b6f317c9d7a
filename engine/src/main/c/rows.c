#include "rows.h"

#include "processor.h"

const RowOps *row_ops(void) {
#if defined(__x86_64__)
  if (processor_level_used() >= AVX512) {
    return &rows_avx512;
  }
  if (processor_level_used() == AVX2) {
    return &rows_avx2;
  }
#endif
  return &rows_plain;
}
