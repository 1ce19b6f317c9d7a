// The codes of tiles as bytes, in C that compilers turn into the vectors of whatever level they build.
#ifndef ASSAY_GRID_CODES_H
#define ASSAY_GRID_CODES_H

#include <stdint.h>
#include <string.h>

#include "grid.h"

// The codes of a tile, vector after vector.
static inline void grid_codes(const uint8_t *tile, int bits, uint8_t *codes) {
  int shift = 0;
  for (int width = 8; width > 0; width /= 2) {
    if (!(bits & width)) {
      continue;
    }
    const int mask = (1 << width) - 1;
    for (int v = 0; v < VECTORS; v++) {
      const uint8_t *from = tile + VECTOR * (shift + v % width);
      uint8_t *to = codes + VECTOR * v;
      const int begin = v / width * width;
      for (int i = 0; i < VECTOR; i++) {
        const int field = (from[i] >> begin & mask) << shift;
        to[i] = (uint8_t)(shift ? to[i] | field : field);
      }
    }
    shift += width;
  }
}

#endif
