// Attention of one token to all before it, whose keys and values are read as a cache stores them: a
// packed part first, then one of plain numbers.
#ifndef ASSAY_ATTEND_H
#define ASSAY_ATTEND_H

#include <stdint.h>

// What a code stands for, by the numbers of its grid.
enum {
  // scale * (code - zero)
  GRID_ZERO = 0,
  // scale * code + zero
  GRID_LEAST = 1,
  // scale * code - zero
  GRID_NEGATED = 2,
};

// The numbers of grids: strides in elements, from an entry and a group to the next.
typedef struct {
  const void *data;
  int type;
  int64_t entry;
  int64_t group;
} GridNumbers;

// The entries of one head, as they are stored.
typedef struct {
  // Codes of 8, 4, 2 bits or 1, the first in the lowest bits of a byte; floats, E4M3, with 0 bits.
  const uint8_t *codes;
  int bits;
  // In bytes: of a row of codes.
  int64_t row;
  // Rows are those of channels, each of which has a code for every entry.
  int by_channel;
  // Of GRID_.
  int form;
  // Taken from a code first.
  float shift;
  GridNumbers scales;
  // Without data where there are none.
  GridNumbers zeros;
  // Dimensions, or entries where rows are channels', that share a scale.
  int64_t group;
  int64_t packed;
  // Plain ones after those, in bytes from one to the next.
  const char *plain;
  int type;
  int64_t stride;
} Entries;

typedef struct {
  int64_t width;
  // Entries that are read: from first to end.
  int64_t first;
  int64_t end;
  // Query heads that read them.
  int heads;
  float scale;
  // Scores go softly no further; 0 for as far as they like.
  float cap;
} Attending;

// Entries that are floats at a time.
enum { ATTEND_TILE = 32 };

// Whole vectors of 16.
static inline int64_t attend_padded(int64_t n) { return (n + 15) / 16 * 16; }

// From the scores of a head to those of the next: four are written at a time.
static inline int64_t attend_stride(const Attending *what) {
  return attend_padded(what->end - what->first) + 4;
}

// Floats that it works in.
static inline int64_t attend_room(const Attending *what) {
  return ATTEND_TILE * attend_padded(what->width)
      + what->heads * (attend_stride(what) + 1);
}

// q, out: [heads][padded width] floats, what is padded of q 0.
typedef void (*Attend)(
    const Attending *, const Entries *keys, const Entries *values, const float *q, float *room,
    float *out);

#endif
