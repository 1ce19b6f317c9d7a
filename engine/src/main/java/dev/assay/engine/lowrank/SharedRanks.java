package dev.assay.engine.lowrank;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ranks of which each weight has its own. */
final class SharedRanks implements LowRankMethod.Ranks {
  private final RankTrials.Rule rule;
  private final Map<Place, Double> shares = new HashMap<>();

  /** A stored weight, by the first of its linears. */
  private record Place(int layer, String linear) {}

  /**
   * @param shares of its parameters that each weight keeps; 1 where it stays whole
   */
  SharedRanks(RankTrials.Rule rule, List<WeightLosses> weights, List<Double> shares) {
    this.rule = rule;
    for (int i = 0; i < weights.size(); i++) {
      WeightLosses each = weights.get(i);
      this.shares.put(new Place(each.layer(), each.linears().get(0)), shares.get(i));
    }
  }

  @Override
  public long of(int layer, List<String> linears, long out, long in) {
    Double share = shares.get(new Place(layer, linears.get(0)));
    if (share == null) {
      throw new IllegalArgumentException("found no rank of " + linears + " of layer " + layer);
    }
    return share < 1 ? rule.rank(share, out, in) : 0;
  }
}
