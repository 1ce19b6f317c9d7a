#include "vector_ops.h"

#include "processor.h"

const VectorOps *vector_ops(void) {
#if defined(__x86_64__)
  if (processor_level_used() >= VNNI && __builtin_cpu_supports("avx512vbmi2")) {
    return &vectors_vbmi2;
  }
  if (processor_level_used() >= AVX512) {
    return &vectors_avx512;
  }
  if (processor_level_used() == AVX2) {
    return &vectors_avx2;
  }
#endif
  return &vectors_plain;
}
