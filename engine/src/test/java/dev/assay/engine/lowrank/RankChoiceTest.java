package dev.assay.engine.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shares that a search takes, against every place in the row of pairs. */
class RankChoiceTest {
  private static final List<Double> SHARES = List.of(0.4, 0.6, 0.9);
  private static final double KEEP = 0.8;

  private static TriedWeight tried(int layer, long out, List<Double> perplexities) {
    return new TriedWeight(
        layer, List.of("w"), true, out, 10, List.of(), Optional.empty(), perplexities);
  }

  private static List<TriedWeight> random(int seed) {
    Random random = new Random(seed);
    List<TriedWeight> tried = new ArrayList<>();
    for (int layer = 0; layer < 7; layer++) {
      List<Double> perplexities = SHARES.stream().map(share -> 9 + random.nextDouble()).toList();
      tried.add(tried(layer, 1 + random.nextInt(20), perplexities));
    }
    return tried;
  }

  /** The last place tried is the first that keeps too much, or the one before. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void theBorderIsFound(int seed) {
    List<TriedWeight> tried = random(seed);
    RankChoice choice = RankChoice.of(tried, SHARES, KEEP);

    int pairs = tried.size() * SHARES.size();
    int first = 0;
    while (first < pairs - 1 && kept(tried, sharesFrom(tried, first)) <= KEEP) {
      first++;
    }
    assertThat(choice.place()).isIn(first - 1, first);
    assertThat(choice.shares()).isEqualTo(sharesFrom(tried, choice.place()));
  }

  /** Of each weight the least share among the pairs from a place on. */
  private static List<Double> sharesFrom(List<TriedWeight> tried, int place) {
    List<int[]> pairs = new ArrayList<>();
    for (int weight = 0; weight < tried.size(); weight++) {
      for (int share = 0; share < SHARES.size(); share++) {
        pairs.add(new int[] {weight, share});
      }
    }
    pairs.sort(Comparator.comparingDouble(pair -> -tried.get(pair[0]).perplexities().get(pair[1])));
    List<Double> shares = new ArrayList<>();
    for (int weight = 0; weight < tried.size(); weight++) {
      int own = weight;
      shares.add(
          pairs.subList(place, pairs.size()).stream()
              .filter(pair -> pair[0] == own)
              .mapToDouble(pair -> SHARES.get(pair[1]))
              .min()
              .orElse(1));
    }
    return shares;
  }

  private static double kept(List<TriedWeight> tried, List<Double> shares) {
    double kept = 0;
    double all = 0;
    for (int i = 0; i < tried.size(); i++) {
      kept += shares.get(i) * tried.get(i).out();
      all += tried.get(i).out();
    }
    return kept / all;
  }

  @Test
  void whatCostsMostStaysWhole() {
    List<TriedWeight> tried =
        List.of(
            tried(0, 10, List.of(90.0, 80.0, 70.0)),
            tried(1, 10, List.of(12.0, 11.0, 10.5)),
            tried(2, 10, List.of(11.5, 10.8, 10.2)));

    assertThat(RankChoice.of(tried, SHARES, KEEP).shares().get(0)).isEqualTo(1);
  }

  @Test
  void sharesThatDoNotRiseAreRefused() {
    assertThatThrownBy(() -> new RankSearch(List.of(0.5, 0.4), 1)).hasMessageContaining("shares");
    assertThatThrownBy(() -> new RankSearch(List.of(), 1)).hasMessageContaining("shares");
    assertThatThrownBy(() -> new RankSearch(List.of(1.0), 1)).hasMessageContaining("shares");
    assertThatThrownBy(() -> new RankSearch(SHARES, 0)).hasMessageContaining("samples");
    assertThatThrownBy(
            () ->
                new AsvdParameters(
                    KEEP, 0.5, AsvdParameters.Magnitudes.FISHER, 1, new RankSearch(SHARES, 1)))
        .hasMessageContaining("statistic");
  }
}
