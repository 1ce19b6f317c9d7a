package dev.assay.leaderboard.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RankingTest {
  private static final MetricKey TIME = MetricKey.of(Samples.time(1, 1, 1));

  private static Result cell(String recipe, Measurement measurement) {
    return ResultBuilder.of(recipe).with(measurement).build();
  }

  /** Each place as "recipe rank", with = for a tie, or in words. */
  private static List<String> lines(Ranking ranking) {
    return ranking.places().stream()
        .map(place -> place.result().cell().recipe().name() + " " + text(place.standing()))
        .toList();
  }

  private static String text(Standing standing) {
    if (standing instanceof Standing.Ranked ranked) {
      return ranked.rank() + (ranked.tied() ? "=" : "");
    }
    return standing instanceof Standing.Absent absent ? absent.reason() : "simulated";
  }

  @Test
  void givesTiesWhereIntervalsOverlapTheLeaders() {
    List<Result> results =
        new ArrayList<>(
            List.of(
                cell("a", Samples.time(1.0, 0.9, 1.1)),
                cell("b", Samples.time(1.1, 1.0, 1.2)),
                // Overlaps b, but not the leader a.
                cell("c", Samples.time(1.3, 1.15, 1.4)),
                cell("d", Samples.time(1.5, 1.4, 1.6)),
                cell("e", Samples.time(9.0, 8.9, 9.1))));
    for (int seed = 0; seed < 5; seed++) {
      Collections.shuffle(results, new Random(seed));
      assertThat(lines(Ranking.of(results, TIME)))
          .containsExactly("a 1=", "b 1=", "c 3=", "d 3=", "e 5");
    }
  }

  @Test
  void neverPutsAnUncertainCellBeforeABetterOne() {
    assertThat(
            lines(
                Ranking.of(
                    List.of(
                        cell("vague", Samples.time(3, 0.5, 9)),
                        cell("best", Samples.time(1, 0.9, 1.1)),
                        cell("sharp", Samples.time(2, 1.9, 2.1))),
                    TIME)))
        .containsExactly("best 1", "sharp 2=", "vague 2=");
  }

  @Test
  void ranksExactFiguresByValueAlone() {
    MetricKey size = MetricKey.of(Samples.size(1));
    assertThat(
            lines(
                Ranking.of(
                    List.of(
                        cell("c", Samples.size(20)),
                        cell("b", Samples.size(10)),
                        cell("a", Samples.size(10))),
                    size)))
        .containsExactly("a 1=", "b 1=", "c 3");
  }

  @Test
  void putsTheHigherFirstWhereHigherIsBetter() {
    assertThat(
            lines(
                Ranking.of(
                    List.of(
                        cell("slow", Samples.throughput(5)), cell("fast", Samples.throughput(9))),
                    MetricKey.of(Samples.throughput(1)))))
        .containsExactly("fast 1", "slow 2");
  }

  @Test
  void tellsPerplexitiesApartWindowByWindow() {
    // Windows scatter from 10 to 90, yet b is 1 % above a in each; c is not consistently above.
    Measurement a = Samples.perplexity(30, 10.0, 90.0, 30.0);
    Measurement b = Samples.perplexity(30.3, 10.1, 90.9, 30.3);
    Measurement c = Samples.perplexity(30.1, 11.0, 90.0, 30.1 * 30.1 * 30.1 / 990);
    assertThat(lines(Ranking.of(List.of(cell("b", b), cell("a", a)), MetricKey.of(a))))
        .containsExactly("a 1", "b 2");
    assertThat(lines(Ranking.of(List.of(cell("c", c), cell("a", a)), MetricKey.of(a))))
        .containsExactly("a 1=", "c 1=");
  }

  @Test
  void listsSimulatedUnrankedAndThenTheRestWithReasons() {
    Measurement unsupported =
        Measurement.unsupported(
            "timePerOutputToken",
            ResultBuilder.window("1024"),
            "s",
            Direction.LOWER_IS_BETTER,
            "no kernel");
    List<Result> results =
        List.of(
            ResultBuilder.of("failed").failed("compress", "a weight is not finite").build(),
            cell("unsupported", unsupported),
            ResultBuilder.of("elsewhere").with(Samples.size(1)).build(),
            cell("simulated", ResultBuilder.simulated("timePerOutputToken", 0.001)),
            cell("measured", Samples.time(1, 0.9, 1.1)));
    assertThat(lines(Ranking.of(results, TIME)))
        .containsExactly(
            "measured 1",
            "simulated simulated",
            "elsewhere no timePerOutputToken under protocol " + TIME.protocolId(),
            "failed failed in compress: a weight is not finite",
            "unsupported unsupported: no kernel");
  }

  @Test
  void neverMixesProtocols() {
    Measurement other =
        Measurement.computed("timePerOutputToken", 0.1, "s", Direction.LOWER_IS_BETTER, "formula");
    List<Result> results =
        List.of(
            cell("a", Samples.time(1, 1, 1)),
            cell("b", Samples.time(2, 2, 2)),
            cell("other", other));
    assertThat(MetricKey.of("timePerOutputToken", results))
        .containsExactly(TIME, MetricKey.of(other));
    assertThat(lines(Ranking.of(results, TIME)))
        .startsWith("a 1", "b 2")
        .last()
        .asString()
        .startsWith("other no timePerOutputToken");
  }

  @Test
  void refusesWhatHasNoBetterAndWorse() {
    Measurement neutral =
        Measurement.computed("arithmeticIntensity", 2, "FLOP/B", Direction.NEUTRAL, "quotient");
    assertThatThrownBy(() -> Ranking.of(List.of(cell("a", neutral)), MetricKey.of(neutral)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("arithmeticIntensity");
  }
}
