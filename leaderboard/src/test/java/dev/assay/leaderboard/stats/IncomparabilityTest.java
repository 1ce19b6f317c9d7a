package dev.assay.leaderboard.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A figure that would be the best of all, but for what disturbed it. */
class IncomparabilityTest {
  private static final Measurement FAST = Samples.time(0.1, 0.09, 0.11).taken("a hog", null);
  private static final MetricKey TIME = MetricKey.of(FAST);

  private static final Result DISTURBED =
      ResultBuilder.of("disturbed").with(FAST).with(Samples.size(1)).build();
  private static final Result BASE =
      ResultBuilder.of("base")
          .with(Samples.time(1, 0.9, 1.1))
          .with(Samples.size(20))
          .baseline()
          .build();

  @Test
  void simulatedOrDisturbedFiguresAreAsideAndOthersAreNot() {
    assertThat(Incomparability.of(FAST)).contains(Incomparability.DISTURBED);
    assertThat(
            Incomparability.of(
                ResultBuilder.simulated("timePerOutputToken", 1).taken("a hog", null)))
        .contains(Incomparability.SIMULATED);
    assertThat(Incomparability.of(Samples.size(1))).isEqualTo(Optional.empty());
    assertThat(Incomparability.isComparable(Samples.size(1))).isTrue();
    assertThat(Incomparability.isComparable(FAST)).isFalse();
  }

  @Test
  void itHasNoRank() {
    List<Place> places = Ranking.of(List.of(DISTURBED, BASE), TIME).places();

    assertThat(places.get(0).result()).isEqualTo(BASE);
    assertThat(places.get(1).standing())
        .isEqualTo(new Standing.Unranked(Incomparability.DISTURBED, FAST));
  }

  @Test
  void itIsNotOnTheFrontNorPushesOthersOff() {
    ParetoFront front =
        ParetoFront.of(List.of(DISTURBED, BASE), TIME, MetricKey.of(Samples.size(1)));

    assertThat(front.front()).extracting(ParetoFront.Point::result).containsExactly(BASE);
  }

  @Test
  void itHasNoSpeedupAndGivesNone() {
    assertThat(Speedup.of(BASE, DISTURBED, TIME))
        .isEqualTo(new Speedup.Unknown("disturbed: a hog"));
    assertThat(Speedup.of(DISTURBED, BASE, TIME))
        .isEqualTo(new Speedup.Unknown("baseline: disturbed: a hog"));
  }

  @Test
  void itIsNotComparedWithTheBaseline() {
    assertThat(Comparison.of(DISTURBED, BASE).entries().get(0))
        .isEqualTo(new Comparison.Unknown(FAST, "disturbed figures are not compared"));
    assertThat(Comparison.of(DISTURBED, BASE).entries().get(1))
        .isInstanceOf(Comparison.Known.class);
  }

  @Test
  void whatIsDisturbedIsCounted() {
    assertThat(DisturbedCount.of(List.of(BASE)).isNone()).isTrue();
    DisturbedCount count = DisturbedCount.of(List.of(BASE, DISTURBED, DISTURBED));
    assertThat(count).isEqualTo(new DisturbedCount(2, 2, 0));
    assertThat(count.text()).isEqualTo("2 figures of 2 cells");
    assertThat(new DisturbedCount(0, 0, 1).text()).isEqualTo("1 ceiling");
  }
}
