package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/**
 * What is added to the scores for the distance between query and key, in buckets that widen with
 * it.
 *
 * @see <a href="https://arxiv.org/abs/1910.10683">Raffel et al. 2020, T5</a>
 */
final class RelativeBias {
  private RelativeBias() {}

  /**
   * The term of each head, query and key; −∞ where a causal stack sees nothing.
   *
   * @param table [buckets, heads]
   * @param position of the first query
   * @param tokens number of queries; keys are all up to the last of them
   * @return float32 [1, heads, tokens, position + tokens]
   */
  static NDArray of(
      TorchSession torch,
      NDManager owner,
      DecoderSpec spec,
      NDArray table,
      long position,
      long tokens) {
    if (!(spec.positions() instanceof Positions.Relative relative)) {
      throw new IllegalArgumentException("the stack has no relative positions");
    }
    try (NDManager scope = owner.newSubManager()) {
      return torch
          .script(RelativeBias.class, "relative.py")
          .call(
              owner,
              "relative_bias",
              torch.tensors().cast(scope, table, DType.FLOAT32),
              position,
              tokens,
              (long) relative.buckets(),
              (long) relative.maxDistance(),
              spec.attention().causal());
    }
  }
}
