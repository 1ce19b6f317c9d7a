package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import dev.assay.engine.quantize.AwqParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.outlier.BillmParameters;
import dev.assay.engine.quantize.outlier.BillmParameters.Metric;
import dev.assay.engine.quantize.outlier.SpqrParameters;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Experts that calibration hardly reaches are compressed without it, and say so. */
class SeldomExpertsTest extends TorchTest {
  @TempDir Path directory;

  /** Each step, what the row says, and the greatest error: a tenth above what this model gives. */
  static Stream<Arguments> steps() {
    return Stream.of(
        Arguments.of(
            new Step(
                "gptq", new GptqParameters(4, 16, false, false, false, false, 0.01, 128, false)),
            "rounded to nearest",
            0.007),
        Arguments.of(
            new Step("awq", new AwqParameters(4, 16, true, true, 4, false, true, 0.5, 512)),
            "rounded to nearest",
            0.0082),
        Arguments.of(
            new Step("sparsegpt", new SparseGptParameters(Sparsity.parse("0.5"), 0.01, 128, null)),
            "pruned by magnitude",
            0.105),
        Arguments.of(
            new Step("wanda", new WandaParameters(Sparsity.parse("0.5"))),
            "pruned by magnitude",
            0.17),
        Arguments.of(
            new Step(
                "spqr",
                new SpqrParameters(4, 16, 3, 3, 16, 0.2, false, false, true, false, 1, 128)),
            "rounded without making up for errors",
            0.01),
        Arguments.of(
            new Step("billm", new BillmParameters(Metric.HESSIAN, 32, 0.01, true, 10)),
            "rounded by magnitude, without making up for errors",
            0.3));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void theyAreRoundedOrPrunedByMagnitude(Step step, String how, double mostError) {
    ModelFixture fixture = ModelFixture.of("mixtral");
    Path target = directory.resolve(step.stage());
    // Nine tokens for four experts, of which each takes two: some get fewer than eight.
    List<LinearOutcome> outcomes =
        new Pipeline(torch, fixture.architecture(), StageRegistry.load())
            .run(
                fixture.checkpoint(),
                List.of(step),
                List.of(new long[] {3, 1, 4, 1, 5, 9, 2, 6, 5}),
                target,
                (stage, finished, layers) -> {})
            .get(0)
            .linears();

    List<LinearOutcome> seldom =
        outcomes.stream()
            .filter(outcome -> outcome.note() != null && outcome.note().startsWith(how))
            .toList();
    assertThat(seldom).isNotEmpty();
    assertThat(seldom)
        .allSatisfy(
            outcome -> {
              assertThat(outcome.linear()).contains("experts");
              assertThat(outcome.note())
                  .contains("saw " + outcome.tokens() + " calibration tokens only");
            });
    assertThat(outcomes)
        .allSatisfy(
            outcome ->
                assertThat(outcome.tokens())
                    .isBetween(0L, outcome.linear().contains("experts") ? 8L : 9L))
        .allSatisfy(
            outcome ->
                assertThat(outcome.relativeError()).isPositive().isLessThanOrEqualTo(mostError));
    assertThat(
            torch
                .tensors()
                .isFinite(FamilyFixtures.outputs(torch, scope, fixture, Checkpoint.open(target))))
        .isTrue();
  }
}
