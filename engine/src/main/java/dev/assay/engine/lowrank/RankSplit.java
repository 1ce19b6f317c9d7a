package dev.assay.engine.lowrank;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Shares out a number of parameters among weights so that the losses that they cost are least, were
 * those straight between the shares that were looked at and added up over weights. From whole
 * weights on, parameters go where each costs least. A weight goes from whole to a share at one
 * leap: a product of almost as many parameters has lost much and saves nothing. Losses that fall
 * count as those that stay, and where they do not rise ever faster the straight line over both
 * counts. Weights that cost the same give in proportion to what they have, and where the same share
 * of all costs no more, that is what comes out.
 */
final class RankSplit {
  private final List<WeightLosses> weights;
  private final List<Double> shares;
  private final double[][] losses;

  /**
   * Parameters that can go at one price.
   *
   * @param from share that stays before
   * @param to share that stays behind, less
   * @param price loss for each parameter
   */
  private record Stretch(int weight, double from, double to, double price) {
    boolean isLeap() {
      return from == 1;
    }
  }

  private RankSplit(List<WeightLosses> weights, List<Double> shares) {
    this.weights = weights;
    this.shares = shares;
    this.losses = weights.stream().map(each -> rising(each.rises())).toArray(double[][]::new);
  }

  /**
   * The share of its parameters that each weight keeps; 1 where it stays whole.
   *
   * @param shares that were looked at, rising
   * @param keep share of all their parameters that is to be kept, at least the first of those
   */
  static List<Double> of(List<WeightLosses> weights, List<Double> shares, double keep) {
    if (keep < shares.get(0)) {
      throw new IllegalArgumentException(
          "found %s to be kept, expected at least %s".formatted(keep, shares.get(0)));
    }
    RankSplit split = new RankSplit(weights, shares);
    double[] found = split.cheapest(keep);
    double[] alike = new double[found.length];
    Arrays.fill(alike, keep);
    boolean uniform =
        keep <= shares.get(shares.size() - 1) && split.loss(alike) <= split.loss(found);
    return Arrays.stream(uniform ? alike : found).boxed().toList();
  }

  /** Never lower at a lesser share, and never below that of the whole weight. */
  private static double[] rising(List<Double> rises) {
    double[] losses = new double[rises.size()];
    double highest = 0;
    for (int i = losses.length - 1; i >= 0; i--) {
      highest = Math.max(highest, rises.get(i));
      losses[i] = highest;
    }
    return losses;
  }

  private double[] cheapest(double keep) {
    double[] kept = new double[weights.size()];
    Arrays.fill(kept, 1);
    double left = (1 - keep) * weights.stream().mapToLong(WeightLosses::parameters).sum();
    List<Stretch> stretches =
        IntStream.range(0, weights.size())
            .boxed()
            .flatMap(weight -> stretches(weight).stream())
            .sorted(
                Comparator.comparingDouble(Stretch::price).thenComparing(each -> !each.isLeap()))
            .toList();
    for (int from = 0; from < stretches.size() && left > 0; ) {
      Stretch first = stretches.get(from);
      int to = from + 1;
      if (first.isLeap()) {
        left -= leap(first, left, kept);
      } else {
        while (to < stretches.size()
            && Double.compare(stretches.get(to).price(), first.price()) == 0) {
          to++;
        }
        left -= together(stretches.subList(from, to), left, kept);
      }
      from = to;
    }
    return kept;
  }

  /** Goes as far as is wanted, but not less far than to the greatest share. */
  private double leap(Stretch leap, double wanted, double[] kept) {
    long parameters = weights.get(leap.weight()).parameters();
    double enough = Math.min(shares.get(shares.size() - 1), 1 - wanted / parameters);
    kept[leap.weight()] = Math.max(leap.to(), enough);
    return (1 - kept[leap.weight()]) * parameters;
  }

  /** Goes all the way, or the same part of it. */
  private double together(List<Stretch> alike, double wanted, double[] kept) {
    double there = 0;
    for (Stretch each : alike) {
      there += (each.from() - each.to()) * weights.get(each.weight()).parameters();
    }
    double part = Math.min(1, wanted / there);
    for (Stretch each : alike) {
      kept[each.weight()] = each.from() - part * (each.from() - each.to());
    }
    return part * there;
  }

  /** Those of a weight, from whole on, of rising prices. */
  private List<Stretch> stretches(int weight) {
    long parameters = weights.get(weight).parameters();
    List<Stretch> hull = new ArrayList<>();
    double share = 1;
    for (int i = shares.size() - 1; i >= 0; i--) {
      Stretch next = stretch(weight, share, shares.get(i), parameters);
      while (!hull.isEmpty() && hull.get(hull.size() - 1).price() >= next.price()) {
        Stretch before = hull.remove(hull.size() - 1);
        next = stretch(weight, before.from(), next.to(), parameters);
      }
      hull.add(next);
      share = shares.get(i);
    }
    return hull;
  }

  private Stretch stretch(int weight, double from, double to, long parameters) {
    double price = (loss(weight, to) - loss(weight, from)) / ((from - to) * parameters);
    return new Stretch(weight, from, to, price);
  }

  private double loss(double[] kept) {
    return IntStream.range(0, kept.length).mapToDouble(i -> loss(i, kept[i])).sum();
  }

  /** Straight between shares that were looked at; nothing where the weight stays whole. */
  private double loss(int weight, double share) {
    if (share == 1) {
      return 0;
    }
    double[] own = losses[weight];
    int above = 0;
    while (above < own.length - 1 && shares.get(above) < share) {
      above++;
    }
    if (above == 0) {
      return own[0];
    }
    double part = (share - shares.get(above - 1)) / (shares.get(above) - shares.get(above - 1));
    return own[above - 1] + part * (own[above] - own[above - 1]);
  }
}
