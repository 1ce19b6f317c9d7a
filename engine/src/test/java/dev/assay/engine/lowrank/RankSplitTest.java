package dev.assay.engine.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.config.InvalidValueException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shares by what weights cost, against the same share of all and against every choice. */
class RankSplitTest {
  private static final List<Double> SHARES = List.of(0.25, 0.5, 0.75);

  private static WeightLosses weight(int layer, long out, Double... rises) {
    return new WeightLosses(layer, List.of("w"), out, 10, List.of(rises));
  }

  private static double kept(List<WeightLosses> weights, List<Double> shares) {
    double kept = 0;
    double all = 0;
    for (int i = 0; i < shares.size(); i++) {
      kept += shares.get(i) * weights.get(i).parameters();
      all += weights.get(i).parameters();
    }
    return kept / all;
  }

  /** Of shares that were looked at, or straight between two of them. */
  private static double loss(WeightLosses weight, double share) {
    if (share == 1) {
      return 0;
    }
    int above = 1;
    while (above < SHARES.size() - 1 && SHARES.get(above) < share) {
      above++;
    }
    double part = (share - SHARES.get(above - 1)) / (SHARES.get(above) - SHARES.get(above - 1));
    return weight.rises().get(above - 1) * (1 - part) + weight.rises().get(above) * part;
  }

  private static double loss(List<WeightLosses> weights, List<Double> shares) {
    return IntStream.range(0, shares.size())
        .mapToDouble(i -> loss(weights.get(i), shares.get(i)))
        .sum();
  }

  /** Each quarter that goes costs more than the one before. */
  private static List<WeightLosses> everFaster(long seed) {
    Random random = new Random(seed);
    List<WeightLosses> weights = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      double first = random.nextDouble();
      double second = first + random.nextDouble();
      double third = second + random.nextDouble();
      weights.add(weight(i, 8, first + second + third, first + second, first));
    }
    return weights;
  }

  private static List<WeightLosses> random(long seed, int count) {
    Random random = new Random(seed);
    List<WeightLosses> weights = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double least = random.nextDouble();
      double middle = least + random.nextDouble();
      double most = middle + random.nextDouble() * 3;
      weights.add(weight(i, 1 + random.nextInt(20), most, middle, least));
    }
    return weights;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.25, 0.4, 0.5, 0.6, 0.75, 0.8, 0.95})
  void theBudgetIsMetAndHardlyMissed(double keep) {
    for (int seed = 0; seed < 50; seed++) {
      List<WeightLosses> weights = random(seed, 9);
      List<Double> shares = RankSplit.of(weights, SHARES, keep);

      long all = weights.stream().mapToLong(WeightLosses::parameters).sum();
      long largest = weights.stream().mapToLong(WeightLosses::parameters).max().orElseThrow();
      assertThat(kept(weights, shares))
          .isLessThanOrEqualTo(keep + 1e-12)
          .isGreaterThan(keep - 0.25 * largest / all - 1e-12);
      assertThat(shares).allMatch(share -> share == 1 || share >= 0.25 && share <= 0.75);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.25, 0.4, 0.5, 0.6, 0.75})
  void theSameShareOfAllIsNeverBetter(double keep) {
    for (int seed = 0; seed < 200; seed++) {
      List<WeightLosses> weights = random(seed, 1 + seed % 9);
      List<Double> shares = RankSplit.of(weights, SHARES, keep);

      assertThat(loss(weights, shares))
          .isLessThanOrEqualTo(loss(weights, Collections.nCopies(weights.size(), keep)) + 1e-12);
    }
  }

  @Test
  void noChoiceOfTriedSharesIsBetter() {
    for (int seed = 0; seed < 100; seed++) {
      List<WeightLosses> weights = everFaster(seed);
      List<Double> found = RankSplit.of(weights, SHARES, 0.5);
      double best = best(weights, new ArrayList<>(), kept(weights, found) + 1e-12);
      assertThat(loss(weights, found)).isLessThanOrEqualTo(best + 1e-9);
    }
  }

  private static double best(List<WeightLosses> weights, List<Double> chosen, double keep) {
    if (chosen.size() == weights.size()) {
      return kept(weights, chosen) <= keep ? loss(weights, chosen) : Double.POSITIVE_INFINITY;
    }
    double best = Double.POSITIVE_INFINITY;
    for (double share : List.of(0.25, 0.5, 0.75, 1.0)) {
      List<Double> more = new ArrayList<>(chosen);
      more.add(share);
      best = Math.min(best, best(weights, more, keep));
    }
    return best;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.5, 0.65, 0.75})
  void whatCostsTheSameKeepsTheSame(double keep) {
    List<WeightLosses> alike =
        IntStream.range(0, 5).mapToObj(i -> weight(i, 7, 6.0, 3.0, 1.0)).toList();

    assertThat(RankSplit.of(alike, SHARES, keep))
        .allSatisfy(share -> assertThat(share).isCloseTo(keep, within(1e-12)));
  }

  /** A product that has lost much at once had better lose more, and another nothing. */
  @Test
  void someStayWholeWhereAnyProductCostsMuch() {
    List<WeightLosses> alike =
        IntStream.range(0, 4).mapToObj(i -> weight(i, 7, 1.2, 1.1, 1.0)).toList();

    assertThat(RankSplit.of(alike, SHARES, 0.625)).containsExactlyInAnyOrder(0.25, 0.25, 1.0, 1.0);
  }

  @Test
  void whatCostsMostKeepsMost() {
    List<WeightLosses> weights =
        List.of(
            weight(0, 10, 90.0, 80.0, 70.0),
            weight(1, 10, 2.0, 1.0, 0.1),
            weight(2, 10, 2.0, 1.0, 0.1));

    assertThat(RankSplit.of(weights, SHARES, 0.7).get(0)).isEqualTo(1);
  }

  /** A loss that falls is no gain. */
  @Test
  void whatGetsBetterCountsAsWhatStays() {
    List<WeightLosses> weights =
        List.of(weight(0, 10, -0.5, -0.2, -0.1), weight(1, 10, 0.6, 0.4, 0.2));

    assertThat(RankSplit.of(weights, SHARES, 0.625)).containsExactly(0.25, 1.0);
  }

  @Test
  void sharesThatAreAllTooGreatAreRefused() {
    RankSearch search = new RankSearch(SHARES, 1);
    assertThatThrownBy(() -> new SvdParameters(0.2, KeepOf.LINEARS, search))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("search.shares")
        .hasMessageContaining("at most 0.2000");
    assertThatThrownBy(() -> new FwsvdParameters(0.4, KeepOf.SINGULAR_VALUES, search))
        .hasMessageContaining("of")
        .hasMessageContaining("singular-values");
    assertThatThrownBy(() -> new SvdLlmParameters(0.2, false, KeepOf.LINEARS, search))
        .hasMessageContaining("search.shares");
    assertThat(new SvdLlmParameters(0.9, false, KeepOf.MODEL, search).search()).isEqualTo(search);
  }
}
