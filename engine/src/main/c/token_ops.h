// Attention of one token and its place in a cache, as ops have them in common.
#ifndef ASSAY_TOKEN_OPS_H
#define ASSAY_TOKEN_OPS_H

#include <stdint.h>

#include "attend.h"
#include "torch_abi.h"

// in: [batch, heads and twice those of keys, width] of a type; cache: [batch, 2 * heads of keys,
// capacity, width], contiguous, the keys of all heads before the values. out: [batch, heads * width]. 0
// for want of memory.
int attend_plain(
    const void *in, int type, int64_t batch, Tensor cache, Attending, int64_t heads, int threads,
    void *out);

// The heads of in, [batch, tokens, heads, width], from one on, to their places in such a cache.
void keep_rows(
    Tensor cache, const void *in, int64_t batch, int64_t tokens, int64_t heads, int64_t first,
    int64_t position);

#endif
