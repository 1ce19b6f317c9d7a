package dev.assay.engine.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.HeadFactoring;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LowRankWeight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Ranks that were searched, and what inputs count by when weights get them. */
final class SearchedRanks implements LowRankMethod.Ranks, Factoring, HeadFactoring {
  private final Map<Place, Searched> all = new HashMap<>();

  /** A stored weight, by the first of its linears. */
  private record Place(int layer, String linear) {}

  /** What was found for it; rank 0 where it stays whole. */
  private record Searched(TriedWeight tried, long rank) {}

  /**
   * @param choice of a share for each weight
   */
  SearchedRanks(RankSearcher searcher, List<TriedWeight> tried, RankChoice choice) {
    for (int i = 0; i < tried.size(); i++) {
      TriedWeight each = tried.get(i);
      double share = choice.shares().get(i);
      long rank = share < 1 ? searcher.rank(share, each.out(), each.in()) : 0;
      all.put(new Place(each.layer(), each.linears().get(0)), new Searched(each, rank));
    }
  }

  private Searched searched(int layer, List<String> linears) {
    Searched found = all.get(new Place(layer, linears.get(0)));
    if (found == null) {
      throw new IllegalArgumentException("found no rank of " + linears + " of layer " + layer);
    }
    return found;
  }

  @Override
  public long of(int layer, List<String> linears, long out, long in) {
    return searched(layer, linears).rank();
  }

  @Override
  public Optional<String> lack(Seen seen) {
    return searched(seen.layer(), seen.linears()).tried().lack();
  }

  @Override
  public LowRankWeight factor(
      LowRankSolver solver, NDManager owner, NDArray weight, Seen seen, long rank) {
    return factor(solver, owner, weight, searched(seen.layer(), seen.linears()), rank);
  }

  private static LowRankWeight factor(
      LowRankSolver solver, NDManager owner, NDArray weight, Searched searched, long rank) {
    List<Float> counts = searched.tried().scale();
    float[] values = new float[counts.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = counts.get(i);
    }
    return solver.scaled(owner, weight, owner.create(values), rank);
  }

  @Override
  public Optional<LowRankWeight> factor(TorchSession torch, NDManager owner, NDArray weight) {
    Searched head =
        all.entrySet().stream()
            .filter(entry -> entry.getKey().layer() == LinearOutcome.BESIDE)
            .findFirst()
            .orElseThrow()
            .getValue();
    long saved = head.tried().parameters() - head.rank() * (head.tried().out() + head.tried().in());
    return head.rank() == 0 || saved <= 0
        ? Optional.empty()
        : Optional.of(factor(new LowRankSolver(torch), owner, weight, head, head.rank()));
  }
}
