package dev.assay.engine.structured;

import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.LayerCut;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Chooses the heads and channels that stay, of each layer the same share or of the model what is
 * best.
 *
 * @param request how many
 */
record WidthChoice(WidthRequest request) {
  /** The choice in one layer by itself. */
  LayerCut in(WidthScores scores) {
    LayerCut cut = LayerCut.nothing(scores.layer());
    double[] heads = scores.headSums();
    if (heads.length > 0) {
      cut = cut.withHeads(KeptUnits.best(heads, request.heads(scores.layer())));
    }
    if (!scores.channels().isEmpty()) {
      cut =
          cut.withChannels(
              scores.channels().stream()
                  .map(each -> KeptUnits.best(each, request.channels(scores.layer())))
                  .toList());
    }
    return cut;
  }

  /** The choice in all layers, by their positions. */
  SortedMap<Integer, LayerCut> in(SortedMap<Integer, WidthScores> model) {
    SortedMap<Integer, LayerCut> cuts = new TreeMap<>();
    if (request.within() == Within.LAYER) {
      model.forEach((layer, scores) -> cuts.put(layer, in(scores)));
      return cuts;
    }
    double border = border(model);
    model.forEach((layer, scores) -> cuts.put(layer, above(scores, border)));
    return cuts;
  }

  /**
   * A unit of the model.
   *
   * @param cost its parameters, those of a channel being 1
   */
  private record Ranked(double score, double cost) {}

  /**
   * The score at which the parameters of all that are better come nearest to those that stay.
   *
   * @see <a href="https://github.com/CASIA-IVA-Lab/FLAP/blob/3bb57db/lib/prune.py">prune_flap</a>
   */
  private double border(SortedMap<Integer, WidthScores> model) {
    List<Ranked> all = new ArrayList<>();
    for (WidthScores scores : model.values()) {
      double head = headCost(scores);
      for (double score : scores.headMeans()) {
        all.add(new Ranked(score, head));
      }
      for (double[] channels : scores.channels()) {
        for (double score : WidthScores.standardised(channels)) {
          all.add(new Ranked(score, 1));
        }
      }
    }
    all.sort(Comparator.comparingDouble(Ranked::score).reversed());
    double staying = request.keep() * all.stream().mapToDouble(Ranked::cost).sum();
    double sum = 0;
    double nearest = Double.POSITIVE_INFINITY;
    double border = Double.NEGATIVE_INFINITY;
    for (Ranked unit : all) {
      sum += unit.cost();
      if (Math.abs(sum - staying) < nearest) {
        nearest = Math.abs(sum - staying);
        border = unit.score();
      }
    }
    return border;
  }

  /** Rows and columns of a key and value head with its queries, in those of a channel. */
  private static double headCost(WidthScores scores) {
    FeedForwardSpec feedForward = scores.layer().feedForward();
    int width = scores.layer().attention().headDimension();
    int rows = (2 * scores.layer().attention().served() + 2) * width;
    return Math.floor((double) rows / (feedForward.gated() ? 3 : 2));
  }

  private LayerCut above(WidthScores scores, double border) {
    LayerCut cut = LayerCut.nothing(scores.layer());
    double[] heads = scores.headMeans();
    if (heads.length > 0) {
      cut = cut.withHeads(KeptUnits.above(heads, border, 1));
    }
    if (!scores.channels().isEmpty()) {
      cut =
          cut.withChannels(
              scores.channels().stream()
                  .map(
                      each ->
                          KeptUnits.above(
                              WidthScores.standardised(each), border, request.multiple()))
                  .toList());
    }
    return cut;
  }
}
