// Room to work in for each thread of a parallel region.
#ifndef ASSAY_ROOMS_H
#define ASSAY_ROOMS_H

#include <omp.h>
#include <stdint.h>
#include <stdlib.h>

// Null for want of memory.
static inline float *rooms_for(int threads, int64_t floats) {
  return malloc((size_t)(threads * floats) * sizeof(float) + 1);
}

// Of the thread that asks.
static inline float *own_room(float *rooms, int64_t floats) {
  return rooms + omp_get_thread_num() * floats;
}

#endif
