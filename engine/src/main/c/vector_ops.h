// What is written once in vectors.h's types and built for every level of a processor: the small operations
// between products, a row at a time, computed in float32 and rounded once; attention; values of codes; products by values.
#ifndef ASSAY_VECTOR_OPS_H
#define ASSAY_VECTOR_OPS_H

#include <stdint.h>

#include "attend.h"
#include "grid.h"

// Activations of a gate.
enum { GATE_SILU = 0, GATE_GELU_TANH = 1 };

enum { DENSE_BLOCK = 32 };

enum { SPREAD_PAST = 32 };

enum { CSR_FEW_INPUTS = 16, CSR_INPUTS = 64 };

// How the dimensions of a head turn: those half of it apart, or neighbours.
enum { TURN_HALVES = 0, TURN_NEIGHBOURS = 1 };

typedef struct {
  // out = x / sqrt(mean(x^2) + eps) * (offset + weight), of width numbers of a type. added, where it
  // is not null, goes to x first, which keeps the sum in x's place of sum. room: 2 * width floats.
  void (*rms_norm)(
      const void *x, const void *added, void *sum, const void *weight, int type, int64_t width,
      float eps, float offset, float *room, void *out);
  // out = activation(both[0 .. width)) * both[width .. 2 * width). room: 2 * width floats.
  void (*gate)(
      const void *both, int type, int64_t width, int activation, float *room, void *out);
  // Turns the first `turned` numbers of a head in place by angles, whose cosines and sines of the
  // first half count as cos[0 .. turned / 2) and sin[turned / 2 .. turned). room: 3 * turned floats.
  void (*turn)(
      void *head, int type, const void *cos, const void *sin, int64_t turned, int pairs, float *room);
  // The place of the greatest number, the first of several; that of one that is no number if there is
  // one.
  int64_t (*greatest)(const void *x, int type, int64_t width);
  // n numbers of a type to floats, and back.
  void (*read)(const void *from, int type, int64_t n, float *out);
  void (*write)(const float *from, int type, int64_t n, void *out);
  Attend attend;
  TileValues values;
  // out[i * step] = weight . x[i], of a row of a type and n rows of floats, a stride apart. Of bfloat16 the
  // inputs lie in another order: of each whole block of DENSE_BLOCK the even ones before the odd.
  void (*dense)(
      const void *weight, int type, int64_t columns, const float *x, int n, int64_t stride, float *out,
      int64_t step);
  // The numbers of a row that bits pick, `columns` of them to out, zeros elsewhere; the first column is the
  // lowest bit. values: those that are picked, and SPREAD_PAST more, which are read.
  void (*spread)(const void *values, int type, const uint8_t *bits, int64_t columns, void *out);
  // What dense gives of a row that is spread so, to the last bit. room: as many numbers as there are columns.
  void (*bitmask)(
      const void *values, const uint8_t *bits, int type, int64_t columns, const float *x, int n,
      int64_t stride, void *room, float *out, int64_t step);
  // What a row gives of which only the numbers that are not 0 are there, each with its column: of one input, or
  // of CSR_FEW_INPUTS or CSR_INPUTS, which lie side by side for each column.
  void (*csr)(
      const void *values, int type, const int16_t *columns, int64_t count, const float *x, int inputs,
      float *out);
  // The exclusive or of the words that so many bytes are.
  uint64_t (*words)(const char *from, int64_t bytes);
} VectorOps;

extern const VectorOps vectors_plain;
#if defined(__x86_64__)
extern const VectorOps vectors_avx2;
extern const VectorOps vectors_avx512;
extern const VectorOps vectors_vbmi2;
#endif

// Those of the level in use.
const VectorOps *vector_ops(void);

#endif
