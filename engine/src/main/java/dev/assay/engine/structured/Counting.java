package dev.assay.engine.structured;

import dev.assay.engine.model.AttentionSpec;
import java.math.BigDecimal;

/** How many heads and channels a share is that is no whole number of them. */
enum Counting {
  /** A whole number goes: FLAP's and Wanda-sp's. */
  WHOLE_ONES_GO {
    @Override
    int channels(int all, double keep) {
      return all - gone(all, keep);
    }

    @Override
    int heads(AttentionSpec attention, double keep) {
      return channels(attention.keyValueHeads(), keep);
    }

    private int gone(int all, double keep) {
      BigDecimal share = BigDecimal.ONE.subtract(BigDecimal.valueOf(keep));
      return share.multiply(BigDecimal.valueOf(all)).intValue();
    }
  },
  /** A whole number of channels, and of features of heads, stays: LLM-Pruner's. */
  WHOLE_ONES_STAY {
    @Override
    int channels(int all, double keep) {
      return BigDecimal.valueOf(keep).multiply(BigDecimal.valueOf(all)).intValue();
    }

    @Override
    int heads(AttentionSpec attention, double keep) {
      int features = attention.keyValueWidth();
      int gone = features - channels(features, keep);
      return attention.keyValueHeads() - gone / attention.headDimension();
    }
  };

  /**
   * Channels that stay.
   *
   * @param keep the share, as it is written: 0.8 of 5 are 4, whatever doubles make of it
   */
  abstract int channels(int all, double keep);

  /** Key and value heads that stay. */
  abstract int heads(AttentionSpec attention, double keep);
}
