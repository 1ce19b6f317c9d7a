package dev.assay.engine.prune.trained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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

/** Weights that are pruned while they are trained. */
class MovementTest extends TorchTest {
  private static final String TRAINING =
      "training: {steps: 20, batch: 4, learningRate: 0.003, schedule: {kind: constant}, saveEvery: 4, evaluation: {split: held, windows: 4, every: 4}}";

  @TempDir private Path directory;

  private RecipeBench bench() {
    return new RecipeBench(torch, directory);
  }

  private static long zeros(LinearOutcome linear) {
    return Math.round(linear.sparsity() * linear.outFeatures() * linear.inFeatures());
  }

  @ParameterizedTest
  @CsvSource({
    "llama, 0.7, movement",
    "llama, 0.7, magnitude",
    "opt, 0.3, movement",
    "gpt2, 0.9, movement",
    "mixtral, 0.5, magnitude",
    "mixtral, 0.5, movement"
  })
  void everyLinearLosesWhatIsAsked(String family, double sparsity, String scores)
      throws IOException {
    Pipeline.StageOutcome outcome =
        bench()
            .run(
                family,
                "  - movement: {sparsity: %s, scores: %s, %s}"
                    .formatted(sparsity, scores, TRAINING),
                "pruned")
            .get(0);

    assertThat(outcome.linears()).isNotEmpty();
    for (LinearOutcome linear : outcome.linears()) {
      assertThat(zeros(linear))
          .as(linear.linear())
          .isEqualTo((long) (linear.outFeatures() * linear.inFeatures() * sparsity));
    }
    double after = bench().loss("pruned");
    // What ran in the end is what is stored, but for the types of the checkpoint.
    assertThat(RecipeBench.lastLook(outcome)).isCloseTo(after, within(3e-2));
    assertThat(after).isLessThan(bench().loss(RecipeBench.family(family)) - 0.2);
  }

  @Test
  void theLeastOfTheModelGo() throws IOException {
    List<LinearOutcome> linears =
        bench()
            .run("llama", "  - movement: {sparsity: 0.6, within: model, " + TRAINING + "}", "model")
            .get(0)
            .linears();

    long all = linears.stream().mapToLong(each -> each.outFeatures() * each.inFeatures()).sum();
    assertThat(linears.stream().mapToLong(MovementTest::zeros).sum()).isEqualTo((long) (all * 0.6));
    assertThat(linears.stream().map(LinearOutcome::sparsity).distinct().count()).isGreaterThan(1);
  }

  /** Those that were pruned before are among those that go, and go first. */
  @Test
  void zerosOfPruningStay() throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        bench()
            .run(
                "llama",
                "  - magnitude: {sparsity: 2:4}\n  - movement: {sparsity: 0.75, " + TRAINING + "}",
                "twice");
    outcomes.get(1).linears().forEach(each -> assertThat(each.sparsity()).isEqualTo(0.75));

    bench().run("llama", "  - magnitude: {sparsity: 2:4}", "once");
    float[] before = bench().tensor("once", "model.layers.0.mlp.up_proj.weight");
    float[] after = bench().tensor("twice", "model.layers.0.mlp.up_proj.weight");
    for (int i = 0; i < before.length; i++) {
      if (before[i] == 0) {
        assertThat(after[i]).isZero();
      }
    }
  }

  @Test
  void othersAreTrainedAndStayWhole() throws IOException {
    bench()
        .run(
            "llama", "  - movement: {targets: ['mlp.*'], sparsity: 0.5, " + TRAINING + "}", "some");
    float[] query = bench().tensor("some", "model.layers.0.self_attn.q_proj.weight");
    int zeros = 0;
    for (float each : query) {
      zeros += each == 0 ? 1 : 0;
    }
    assertThat(zeros).isLessThan(query.length / 10);
  }

  @Test
  void aTeacherMayHelp() throws IOException {
    Pipeline.StageOutcome outcome =
        bench()
            .run(
                "llama",
                "  - movement: {sparsity: 0.5, loss: [{hinton: {temperature: 2}}], "
                    + TRAINING.replace("20,", "40,")
                    + "}",
                "taught")
            .get(0);
    assertThat(outcome.said().path("training").path("teacherFlops").asDouble()).isPositive();
    outcome.linears().forEach(each -> assertThat(each.sparsity()).isEqualTo(0.5));
  }

  @Test
  void productsOfSixteenBitsWork() throws IOException {
    Pipeline.StageOutcome outcome =
        bench()
            .run(
                "llama",
                "  - movement: {sparsity: 0.5, "
                    + TRAINING.replace("steps", "precision: bfloat16, steps")
                    + "}",
                "mixed")
            .get(0);
    assertThat(bench().loss("mixed"))
        .isLessThan(bench().loss(RecipeBench.family("llama")) - 0.2)
        .isCloseTo(RecipeBench.lastLook(outcome), within(6e-2));
  }

  @ParameterizedTest
  @CsvSource({"movement", "magnitude"})
  void anInterruptedRunGoesOnToTheLastBit(String scores) throws IOException {
    String stages = "  - movement: {sparsity: 0.6, scores: " + scores + ", " + TRAINING + "}";
    bench().run("llama", stages, "whole");
    assertThatThrownBy(() -> bench().run("llama", stages, "broken", 7))
        .isInstanceOf(RecipeBench.Interruption.class);
    assertThatThrownBy(() -> bench().run("llama", stages, "broken", 18))
        .isInstanceOf(RecipeBench.Interruption.class);
    bench().run("llama", stages, "broken");
    bench().run("llama", stages, "again");

    assertThat(bench().weights("broken")).isEqualTo(bench().weights("whole"));
    assertThat(bench().weights("again")).isEqualTo(bench().weights("whole"));
  }

  @Test
  void whatIsLeftIsStoredAndRoundedAsOfAnyPruning() throws IOException {
    String pruned = "  - movement: {sparsity: 0.8, " + TRAINING + "}\n";
    List<Pipeline.StageOutcome> stored =
        bench().run("llama", pruned + "  - sparse: {form: bitmask}", "stored");
    assertThat(stored.get(1).after().bytes()).isLessThan(stored.get(0).after().bytes());
    assertThat(bench().loss("stored")).isCloseTo(RecipeBench.lastLook(stored.get(0)), within(3e-2));

    List<Pipeline.StageOutcome> rounded =
        bench().run("llama", pruned + "  - gptq: {bits: 8, groupSize: 16}", "rounded");
    rounded
        .get(1)
        .linears()
        .forEach(each -> assertThat(each.sparsity()).isGreaterThanOrEqualTo(0.79));
  }

  @Test
  void theBestOfWhatIsLessSparseIsNotTaken() {
    assertThatThrownBy(
            () ->
                bench()
                    .run(
                        "llama",
                        "  - movement: {training: {steps: 20, evaluation: {split: held, windows: 4, every: 4, patience: 1}}}",
                        "patient"))
        .hasMessageContaining("training.evaluation.patience");
  }
}
