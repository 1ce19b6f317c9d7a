#include "processor.h"

#if defined(__x86_64__)
#include <cpuid.h>

// Compilers know the name of F16C late.
static int has_f16c(void) {
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
}
#endif

int processor_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512vl")) {
    return __builtin_cpu_supports("avx512vnni") ? VNNI : AVX512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
      && has_f16c()) {
    return AVX2;
  }
#endif
  return PLAIN;
}

// At most this one is used; tests lower it.
static int used = -1;

int processor_level_used(void) {
  if (used < 0) {
    used = processor_level();
  }
  return used;
}

void processor_level_at_most(int level) {
  const int best = processor_level();
  used = level < best ? level : best;
}
