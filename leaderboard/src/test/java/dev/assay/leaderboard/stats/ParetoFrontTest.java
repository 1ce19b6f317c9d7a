package dev.assay.leaderboard.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Result;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParetoFrontTest {
  private static final MetricKey PERPLEXITY = MetricKey.of(Samples.perplexity(1));
  private static final MetricKey SIZE = MetricKey.of(Samples.size(1));
  private static final MetricKey SPEED = MetricKey.of(Samples.throughput(1));

  private static Result cell(String recipe, double perplexity, double size, double speed) {
    return ResultBuilder.of(recipe)
        .with(Samples.perplexity(perplexity))
        .with(Samples.size(size))
        .with(Samples.throughput(speed))
        .build();
  }

  private static List<String> names(List<ParetoFront.Point> points) {
    return points.stream().map(point -> point.result().cell().recipe().name()).toList();
  }

  private static final List<Result> CELLS =
      List.of(
          cell("fp32", 10, 100, 5),
          cell("bf16", 10, 50, 6),
          cell("w4", 11, 15, 9),
          cell("w4-bad", 12, 15, 8),
          cell("w3", 14, 12, 4));

  @Test
  void keepsWhatNothingBeatsOnBothAxes() {
    ParetoFront front = ParetoFront.of(CELLS, PERPLEXITY, SIZE);
    assertThat(names(front.front())).containsExactly("bf16", "w4", "w3");
    assertThat(names(front.points())).containsExactly("fp32", "bf16", "w4", "w4-bad", "w3");
    assertThat(front.missing()).isEmpty();
  }

  @Test
  void followsTheDirectionOfEachAxis() {
    assertThat(names(ParetoFront.of(CELLS, PERPLEXITY, SPEED).front()))
        .containsExactly("bf16", "w4");
    assertThat(names(ParetoFront.of(CELLS, SPEED, PERPLEXITY).front()))
        .containsExactly("w4", "bf16");
  }

  @Test
  void keepsBothOfTwoEqualPoints() {
    assertThat(
            names(
                ParetoFront.of(
                        List.of(cell("a", 10, 50, 6), cell("b", 10, 50, 6)), PERPLEXITY, SIZE)
                    .front()))
        .containsExactly("a", "b");
  }

  @Test
  void neitherListsNorLetsSimulatedPointsPushOthersOff() {
    Result simulated =
        ResultBuilder.of("simulated")
            .with(ResultBuilder.simulated("timePerOutputToken", 0.1))
            .with(Samples.size(1))
            .build();
    Result real =
        ResultBuilder.of("real").with(Samples.time(1, 1, 1)).with(Samples.size(10)).build();
    Result failed = ResultBuilder.of("failed").failed("load", "no such file").build();
    ParetoFront front =
        ParetoFront.of(List.of(simulated, real, failed), MetricKey.of(Samples.time(1, 1, 1)), SIZE);
    assertThat(names(front.front())).containsExactly("real");
    assertThat(front.points())
        .extracting(ParetoFront.Point::qualifies)
        .containsExactly(false, true);
    assertThat(front.missing())
        .containsExactly(new ParetoFront.Missing(failed, "failed in load: no such file"));
  }

  @Test
  void beatsOrIsEqualledByEveryPointOffIt() {
    Random random = new Random(3);
    List<Result> results =
        IntStream.range(0, 60)
            .mapToObj(i -> cell("r" + i, 1 + random.nextInt(12), 1 + random.nextInt(12), 1))
            .toList();
    ParetoFront front = ParetoFront.of(results, PERPLEXITY, SIZE);
    for (ParetoFront.Point point : front.points()) {
      boolean beaten =
          front.front().stream()
              .anyMatch(
                  other ->
                      Better.value(other.x()) <= Better.value(point.x())
                          && Better.value(other.y()) <= Better.value(point.y())
                          && Better.value(other.x()) + Better.value(other.y())
                              < Better.value(point.x()) + Better.value(point.y()));
      assertThat(point.onFront()).isEqualTo(!beaten);
    }
  }
}
