package dev.assay.leaderboard.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.TDistribution;
import org.junit.jupiter.api.Test;

/** Ratios of bits per byte, window by window and stretch by stretch. */
class PairedLossesTest {
  private static final String WHOLE = "the whole text";
  private static final double TOKENS = 100;

  /** Windows of as many tokens: their mean losses, and their bytes. */
  private static Result cell(
      String name, String vocabulary, String read, List<Double> nats, List<Double> bytes) {
    List<Double> quotients = new ArrayList<>();
    double bits = 0;
    double all = 0;
    for (int i = 0; i < nats.size(); i++) {
      double own = nats.get(i) * TOKENS / Math.log(2);
      quotients.add(own / bytes.get(i));
      bits += own;
      all += bytes.get(i);
    }
    double mean = nats.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    return ResultBuilder.of(name)
        .with(
            figure(
                Metrics.PERPLEXITY,
                "1",
                Math.exp(mean),
                nats.stream().map(Math::exp).toList(),
                Map.of("dataset", "wiki", "vocabulary", vocabulary)))
        .with(
            figure(
                Metrics.BITS_PER_BYTE,
                "bit/B",
                bits / all,
                quotients,
                Map.of("dataset", "wiki", "read", read)))
        .build();
  }

  private static Measurement figure(
      String metric,
      String unit,
      double value,
      List<Double> samples,
      Map<String, String> settings) {
    Interval interval = new Interval(value * 0.8, value * 1.2, 0.99, "across windows");
    return new Measurement(
        metric,
        Protocol.of(settings),
        Provenance.MEASURED,
        value,
        unit,
        Direction.LOWER_IS_BETTER,
        value * 0.05,
        interval,
        samples,
        null);
  }

  private static Taken bits(Result result) {
    return new Taken(result, result.measurements().get(1));
  }

  private static Optional<Interval> interval(Result a, Result b) {
    return PairedLosses.interval(bits(a), bits(b), 0.99);
  }

  /** A text of as many bytes, each costing as much; a model's windows of some bytes of it. */
  private static List<Double> nats(double[] costs, List<Double> bytes) {
    List<Double> nats = new ArrayList<>();
    int at = 0;
    for (double each : bytes) {
      double sum = 0;
      for (int i = 0; i < each; i++) {
        sum += costs[at++];
      }
      nats.add(sum / TOKENS);
    }
    return nats;
  }

  private static double[] text(long seed, int bytes) {
    Random random = new Random(seed);
    double[] costs = new double[bytes];
    double level = 1;
    for (int i = 0; i < bytes; i++) {
      if (i % 400 == 0) {
        level = 0.4 + random.nextDouble();
      }
      costs[i] = level + 0.1 * random.nextDouble();
    }
    return costs;
  }

  private static double[] times(double[] costs, double factor, long seed) {
    Random random = new Random(seed);
    return IntStream.range(0, costs.length)
        .mapToDouble(i -> costs[i] * (factor + 0.02 * random.nextGaussian()))
        .toArray();
  }

  private static List<Double> windows(int count, double bytes) {
    return IntStream.range(0, count).mapToObj(i -> bytes).toList();
  }

  /** By the formula for a ratio of two sums. */
  @Test
  void theSameWindowsAreComparedOneByOne() {
    List<Double> bytes = List.of(400.0, 420.0, 380.0, 410.0);
    List<Double> a = List.of(3.1, 2.2, 4.3, 2.9);
    List<Double> b = List.of(3.0, 2.1, 4.2, 2.7);
    Interval found =
        interval(cell("a", "", WHOLE, a, bytes), cell("b", "", WHOLE, b, bytes)).orElseThrow();

    double ratio = 12.5 / 12.0;
    double squares = 0;
    for (int i = 0; i < 4; i++) {
      double off = (a.get(i) - ratio * b.get(i)) / (ratio * 3);
      squares += off * off;
    }
    double margin =
        TDistribution.of(3).inverseSurvivalProbability(0.005) * Math.sqrt(squares / 3 / 4);
    assertThat(found.low()).isCloseTo(ratio * Math.exp(-margin), within(1e-9));
    assertThat(found.high()).isCloseTo(ratio * Math.exp(margin), within(1e-9));
    assertThat(found.method()).contains("4 paired windows");
  }

  @Test
  void aCellIsOnceItself() {
    Result one = cell("a", "", WHOLE, List.of(3.0, 2.0, 4.0), List.of(400.0, 390.0, 410.0));
    Interval found = interval(one, one).orElseThrow();
    assertThat(found.low()).isCloseTo(1, within(1e-12));
    assertThat(found.high()).isCloseTo(1, within(1e-12));
  }

  /** Two per cent, where the scatter of windows is thirty. */
  @Test
  void verdictsFollowInComparisonsAndRanks() {
    double[] costs = text(1, 16000);
    List<Double> bytes = windows(40, 400);
    Result better = cell("better", "", WHOLE, nats(costs, bytes), bytes);
    Result worse = cell("worse", "", WHOLE, nats(times(costs, 1.02, 2), bytes), bytes);

    assertThat(Comparison.of(worse, better).entries().get(1))
        .isInstanceOfSatisfying(
            Comparison.Known.class,
            known -> assertThat(known.verdict()).isEqualTo(Comparison.Verdict.WORSE));
    assertThat(Ranking.of(List.of(worse, better), MetricKey.of(bits(better).figure())).places())
        .extracting(place -> ((Standing.Ranked) place.standing()).rank())
        .containsExactly(1, 2);
  }

  @Test
  void otherWindowsAreComparedByStretchesOfTheText() {
    double[] costs = text(1, 64000);
    List<Double> few = windows(160, 400);
    List<Double> many = windows(213, 300);
    Result whole = cell("whole", "", WHOLE, nats(costs, few), few);
    Result trimmed = cell("trimmed", "trimmed", WHOLE, nats(times(costs, 1.03, 2), many), many);

    Interval found = interval(trimmed, whole).orElseThrow();
    assertThat(found.method()).contains("16 paired stretches");
    assertThat(found.low()).isGreaterThan(1);
    assertThat(found.high()).isLessThan(1.06);
    Interval other = interval(whole, trimmed).orElseThrow();
    assertThat(other.low() * found.high()).isCloseTo(1, within(1e-3));
  }

  /** The same model's text, cut otherwise: of a hundred texts hardly any is told apart. */
  @Test
  void whatIsTheSameIsSeldomToldApart() {
    int apart = 0;
    for (int seed = 0; seed < 100; seed++) {
      double[] costs = text(seed, 16000);
      List<Double> few = windows(40, 400);
      List<Double> many = windows(53, 300);
      Result whole = cell("a", "", WHOLE, nats(times(costs, 1, seed + 500), few), few);
      Result cut = cell("b", "cut", WHOLE, nats(times(costs, 1, seed + 900), many), many);
      Interval found = interval(whole, cut).orElseThrow();
      if (found.low() > 1 || found.high() < 1) {
        apart++;
      }
    }
    assertThat(apart).isLessThanOrEqualTo(4);
  }

  @Test
  void partsOfATextInOtherTokensAreNotPaired() {
    double[] costs = text(1, 16000);
    List<Double> few = windows(40, 400);
    List<Double> many = windows(40, 300);
    String part = "at most the first 40 windows";
    Result whole = cell("a", "", part, nats(costs, few), few);
    Result cut = cell("b", "cut", part, nats(costs, many), many);
    assertThat(interval(whole, cut)).isEmpty();
    assertThat(
            interval(
                cell("c", "", WHOLE, nats(costs, few), few),
                cell("d", "cut", WHOLE, nats(costs, many), many)))
        .as("a text of which one read three quarters")
        .isEmpty();
  }

  @Test
  void withoutLossesBesideThereIsNoPair() {
    Result one = cell("a", "", WHOLE, List.of(3.0, 2.0, 4.0), List.of(400.0, 390.0, 410.0));
    Result alone = ResultBuilder.of("b").with(one.measurements().get(1)).build();
    assertThat(
            PairedLosses.interval(bits(one), new Taken(alone, alone.measurements().get(0)), 0.99))
        .isEmpty();
    assertThat(PairedLosses.interval(new Taken(one, one.measurements().get(0)), bits(one), 0.99))
        .isEmpty();
  }
}
