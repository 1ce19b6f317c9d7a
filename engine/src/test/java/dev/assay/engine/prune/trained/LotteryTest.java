package dev.assay.engine.prune.trained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.fixture.RecipeBench;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.recipe.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that are pruned in rounds of training. */
class LotteryTest extends TorchTest {
  private static final String TRAINING =
      "training: {steps: 8, batch: 4, learningRate: 0.003, schedule: {kind: constant}, saveEvery: 3, evaluation: {split: held, windows: 4, every: 4}}";

  @TempDir private Path directory;

  private RecipeBench bench() {
    return new RecipeBench(torch, directory);
  }

  private static long size(LinearOutcome linear) {
    return linear.outFeatures() * linear.inFeatures();
  }

  private static long zeros(LinearOutcome linear) {
    return Math.round(linear.sparsity() * size(linear));
  }

  /** What is left of some weights after rounds, each of which takes whole weights. */
  private static long left(long weights, double share, int rounds) {
    long left = weights;
    for (int round = 0; round < rounds; round++) {
      left -= (long) Math.rint(share * left);
    }
    return left;
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "mixtral"})
  void everyRoundTakesItsShareOfEachLinear(String family) throws IOException {
    Pipeline.StageOutcome outcome =
        bench()
            .run(
                family,
                "  - lottery: {share: 0.3, rounds: 2, within: linear, " + TRAINING + "}",
                "ticket")
            .get(0);

    for (LinearOutcome linear : outcome.linears()) {
      assertThat(size(linear) - zeros(linear)).isEqualTo(left(size(linear), 0.3, 2));
    }
    assertThat(bench().loss("ticket"))
        .isLessThan(bench().loss(RecipeBench.family(family)) - 0.2)
        .isCloseTo(RecipeBench.lastLook(outcome), within(3e-2));
    JsonNode log = outcome.said().path("training").path("log");
    assertThat(log.path("steps")).hasSize(24);
    assertThat(log.path("looks"))
        .extracting(look -> look.path("steps").asInt())
        .containsExactly(4, 8, 12, 16, 20, 24);
  }

  @ParameterizedTest
  @CsvSource({"0", "3"})
  void ofTheModelTheSmallestGo(int rewindTo) throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        bench()
            .run(
                "llama",
                "  - lottery: {share: 0.5, rounds: 3, rewindTo: %d, %s}"
                    .formatted(rewindTo, TRAINING),
                "ticket");
    List<LinearOutcome> linears = outcomes.get(0).linears();
    long all = linears.stream().mapToLong(LotteryTest::size).sum();
    long zeros = linears.stream().mapToLong(LotteryTest::zeros).sum();

    assertThat(all - zeros).isEqualTo(left(all, 0.5, 3));
    assertThat(linears.stream().map(LinearOutcome::sparsity).distinct().count()).isGreaterThan(1);
    assertThat(outcomes.get(0).said().path("training").path("log").path("steps"))
        .hasSize(8 + 3 * (8 - rewindTo));
  }

  /** The first loss of the second training is that of the step that it goes back to. */
  @ParameterizedTest
  @ValueSource(ints = {0, 5})
  void weightsAreRewound(int rewindTo) throws IOException {
    JsonNode steps =
        bench()
            .run(
                "llama",
                "  - lottery: {share: 5e-4, rounds: 1, rewindTo: %d, %s}"
                    .formatted(rewindTo, TRAINING),
                "ticket")
            .get(0)
            .said()
            .path("training")
            .path("log")
            .path("steps");
    double again = steps.get(8).path("loss").asDouble();
    assertThat(again).isCloseTo(steps.get(rewindTo).path("loss").asDouble(), within(0.05));
    assertThat(again).isGreaterThan(steps.get(7).path("loss").asDouble() + 0.05);
  }

  @Test
  void zerosOfPruningStayAndTakeNoPartInTheShare() throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        bench()
            .run(
                "llama",
                "  - magnitude: {sparsity: 2:4}\n  - lottery: {share: 0.5, rounds: 1, within: linear, "
                    + TRAINING
                    + "}",
                "twice");
    outcomes.get(1).linears().forEach(each -> assertThat(each.sparsity()).isEqualTo(0.75));
  }

  /** In the first round before and behind the step of the rewinding, and in later ones. */
  @ParameterizedTest
  @ValueSource(ints = {2, 7, 10, 23})
  void anInterruptedRunGoesOnToTheLastBit(int until) throws IOException {
    String stages = "  - lottery: {share: 0.4, rounds: 2, rewindTo: 2, " + TRAINING + "}";
    int steps = 8 + 2 * 6;
    bench().run("llama", stages, "whole");
    int broken = Math.min(until, steps - 1);
    assertThatThrownBy(() -> bench().run("llama", stages, "broken", broken))
        .isInstanceOf(RecipeBench.Interruption.class);
    bench().run("llama", stages, "broken");

    assertThat(bench().weights("broken")).isEqualTo(bench().weights("whole"));
  }

  @Test
  void whatIsRewoundIsTrained() {
    assertThatThrownBy(
            () ->
                bench()
                    .run("llama", "  - lottery: {training: {only: ['model.layers.0.*']}}", "some"))
        .hasMessageContaining("training.only");
    assertThatThrownBy(
            () -> bench().run("llama", "  - lottery: {rewindTo: 9, " + TRAINING + "}", "late"))
        .hasMessageContaining("rewindTo");
  }
}
