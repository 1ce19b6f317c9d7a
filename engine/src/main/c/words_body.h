// Reading alone; included by one file for each level.
#include "vector_ops.h"
#include "vectors.h"

INLINE U load_words(const char *p) {
  U x;
  memcpy(&x, p, sizeof x);
  return x;
}

// The exclusive or of words of 64 bits, of which the last may be a part.
static uint64_t words(const char *from, int64_t bytes) {
  enum { SIZE = 4 * LANES };
  U a = {0};
  U b = {0};
  U c = {0};
  U d = {0};
  int64_t i = 0;
  for (; i + 4 * SIZE <= bytes; i += 4 * SIZE) {
    a ^= load_words(from + i);
    b ^= load_words(from + i + SIZE);
    c ^= load_words(from + i + 2 * SIZE);
    d ^= load_words(from + i + 3 * SIZE);
  }
  const U found = (a ^ b) ^ (c ^ d);
  uint64_t parts[SIZE / sizeof(uint64_t)];
  memcpy(parts, &found, sizeof parts);
  uint64_t all = 0;
  for (unsigned p = 0; p < sizeof parts / sizeof *parts; p++) {
    all ^= parts[p];
  }
  for (; i < bytes; i++) {
    all ^= (uint64_t)(uint8_t)from[i] << i % 8 * 8;
  }
  return all;
}
