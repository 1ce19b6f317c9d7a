package dev.assay.engine.prune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Shares out a number of weights among layers so that the losses that they cost are least, were the
 * loss straight between those that were measured and the costs of layers added up: from the fewest
 * that were tried on, the next weights go where they cost least each. Where measured costs do not
 * rise from one try to the next, the straight line over both counts, and a loss that falls counts
 * as one that stays: more is never taken for better. Where several layers cost the same each gives
 * in proportion to what it has, so that layers that are alike give alike.
 */
final class BudgetSplit {
  private BudgetSplit() {}

  /**
   * Weights that can go at one price.
   *
   * @param layer index in the list of layers
   * @param price loss for each
   */
  private record Stretch(int layer, long weights, double price) {}

  /**
   * How many weights of each layer go, by its position; together exactly {@code wanted}.
   *
   * @param wanted between what all give at the fewest and at the most that were tried
   */
  static SortedMap<Integer, Long> of(List<LayerLosses> layers, long wanted) {
    long[] gone = layers.stream().mapToLong(each -> each.gone().get(0)).toArray();
    long left = wanted;
    for (long each : gone) {
      left -= each;
    }
    if (left < 0) {
      throw new IllegalArgumentException(
          "found %d weights, expected at least what all layers give".formatted(wanted));
    }
    List<Stretch> stretches = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      stretches.addAll(stretches(i, layers.get(i)));
    }
    stretches.sort(Comparator.comparingDouble(Stretch::price));
    for (int from = 0; from < stretches.size() && left > 0; ) {
      int to = from;
      while (to < stretches.size()
          && Double.compare(stretches.get(to).price(), stretches.get(from).price()) == 0) {
        to++;
      }
      left -= take(stretches.subList(from, to), left, gone);
      from = to;
    }
    if (left > 0) {
      throw new IllegalArgumentException(
          "found %d weights, expected at most what all layers give".formatted(wanted));
    }
    SortedMap<Integer, Long> split = new TreeMap<>();
    for (int i = 0; i < gone.length; i++) {
      split.put(layers.get(i).layer(), gone[i]);
    }
    return split;
  }

  /** Takes weights of one price; all, or in proportion. */
  private static long take(List<Stretch> alike, long wanted, long[] gone) {
    long there = alike.stream().mapToLong(Stretch::weights).sum();
    long taken = 0;
    long seen = 0;
    for (Stretch each : alike) {
      // Of what is seen so far the same share goes, so that rounding never adds up.
      seen += each.weights();
      long until = wanted >= there ? seen : Math.round((double) wanted * seen / there);
      gone[each.layer()] += until - taken;
      taken = until;
    }
    return taken;
  }

  /** The stretches of a layer, of rising prices. */
  private static List<Stretch> stretches(int index, LayerLosses layer) {
    List<Stretch> hull = new ArrayList<>();
    double highest = layer.losses().get(0);
    for (int i = 1; i < layer.gone().size(); i++) {
      long weights = layer.gone().get(i) - layer.gone().get(i - 1);
      if (weights == 0) {
        continue;
      }
      double rise = Math.max(0, layer.losses().get(i) - highest);
      highest += rise;
      Stretch next = new Stretch(index, weights, rise / weights);
      while (!hull.isEmpty() && hull.get(hull.size() - 1).price() >= next.price()) {
        Stretch before = hull.remove(hull.size() - 1);
        double cost = before.price() * before.weights() + next.price() * next.weights();
        long both = before.weights() + next.weights();
        next = new Stretch(index, both, cost / both);
      }
      hull.add(next);
    }
    return hull;
  }
}
