package dev.assay.engine.family;

import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.RowBlocks;
import dev.assay.engine.model.StackShape;

/**
 * Fused queries, keys and values whose rows are grouped by key and value heads: of each first the
 * queries that it serves, then its keys, then its values.
 */
final class PerHead {
  private PerHead() {}

  static LinearGroup queriesKeysValues(StackShape spec, String name, boolean biased) {
    long width = spec.headDimension();
    long heads = spec.keyValueHeads();
    long served = spec.heads() / heads;
    long stride = (served + 2) * width;
    Linear fused = Linear.of(name, heads * stride, spec.hiddenSize(), biased);
    return LinearGroup.queriesKeysValues(
        fused.part("q", new RowBlocks(0, served * width, stride, heads)),
        fused.part("k", new RowBlocks(served * width, width, stride, heads)),
        fused.part("v", new RowBlocks((served + 1) * width, width, stride, heads)));
  }
}
