package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.MagnitudeParameters.Within;
import dev.assay.engine.prune.Refit;
import dev.assay.engine.prune.RiaParameters;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.SparseGptParameters.JointQuantization;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.SparsityOf;
import dev.assay.engine.prune.TaylorParameters;
import dev.assay.engine.prune.WandaParameters;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that stay, fitted to the outputs of all. */
class RefitTest extends TorchTest {
  private static final Sparsity HALF = new Sparsity.Unstructured(0.5);

  @TempDir Path directory;

  /** Outputs come nearer, of every linear of a first layer, and as many weights are 0. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "phi3", "gpt2"})
  void outputsComeNearer(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    // SparseGPT tells errors of outputs; its own update comes near to the best.
    List<LinearOutcome> own = run(fixture, sparsegpt(false));
    List<LinearOutcome> best = run(fixture, sparsegpt(true));

    for (int i = 0; i < own.size() && own.get(i).layer() == 0; i++) {
      assertThat(own.get(i).errorKind()).isEqualTo("output");
      assertThat(best.get(i).relativeError())
          .as(own.get(i).linear())
          .isLessThanOrEqualTo(own.get(i).relativeError() * 1.001);
      assertThat(best.get(i).sparsity()).isEqualTo(own.get(i).sparsity());
    }
  }

  /** Least squares moves what stays, and nothing of what went. */
  @Test
  void whatWentStaysAway() {
    ModelFixture fixture = ModelFixture.of("llama");
    List<Step> steps =
        List.of(
            new Step("wanda", new WandaParameters(HALF, Refit.LEAST_SQUARES, null)),
            new Step("ria", ria(Refit.LEAST_SQUARES)),
            new Step(
                "magnitude", new MagnitudeParameters(HALF, Within.ROW, Refit.LEAST_SQUARES, null)),
            new Step(
                "magnitude",
                new MagnitudeParameters(HALF, Within.MODEL, Refit.LEAST_SQUARES, null)));
    List<Step> plain =
        List.of(
            new Step("wanda", new WandaParameters(HALF)),
            new Step("ria", ria(null)),
            new Step("magnitude", new MagnitudeParameters(HALF, Within.ROW, null)),
            new Step("magnitude", new MagnitudeParameters(HALF, Within.MODEL, null)));
    for (int i = 0; i < steps.size(); i++) {
      List<LinearOutcome> fitted = run(fixture, steps.get(i));
      List<LinearOutcome> left = run(fixture, plain.get(i));
      for (int k = 0; k < left.size() && left.get(k).layer() == 0; k++) {
        assertThat(fitted.get(k).sparsity()).isEqualTo(left.get(k).sparsity());
        assertThat(fitted.get(k).errorKind()).isEqualTo("output");
      }
    }
  }

  /** What the loss told is fitted afterwards, and every row keeps its zeros. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "phi3", "gpt2", "mixtral"})
  void whatGradientsLeftIsFitted(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    TaylorParameters plain =
        new TaylorParameters(HALF, Within.LINEAR, TaylorParameters.Order.FIRST);
    TaylorParameters refit =
        new TaylorParameters(
            HALF, Within.LINEAR, TaylorParameters.Order.FIRST, null, Refit.LEAST_SQUARES);
    List<LinearOutcome> left = run(fixture, new Step("taylor", plain));
    List<LinearOutcome> fitted = run(fixture, new Step("taylor", refit));

    assertThat(fitted).hasSameSizeAs(left);
    int moved = 0;
    for (int i = 0; i < left.size(); i++) {
      assertThat(fitted.get(i).linear()).isEqualTo(left.get(i).linear());
      assertThat(fitted.get(i).sparsity()).isEqualTo(left.get(i).sparsity());
      // By weights it is further off, as what stays moves.
      moved += fitted.get(i).relativeError() > left.get(i).relativeError() ? 1 : 0;
    }
    assertThat(moved).isGreaterThan(left.size() / 2);
  }

  @Test
  void aGridIsNotLeft() {
    assertThatThrownBy(
            () ->
                new SparseGptParameters(
                    HALF, 0.01, 128, new JointQuantization(4, false), Refit.LEAST_SQUARES, null))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("refit");
  }

  private static RiaParameters ria(@Nullable Refit refit) {
    return new RiaParameters(HALF, 0.5, refit, null, null, SparsityOf.LINEARS);
  }

  private static Step sparsegpt(boolean refit) {
    return new Step(
        "sparsegpt",
        new SparseGptParameters(HALF, 0.01, 128, null, refit ? Refit.LEAST_SQUARES : null, null));
  }

  private List<LinearOutcome> run(ModelFixture fixture, Step step) {
    return new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            List.of(step),
            Arrays.asList(fixture.ids(scope, "input_ids")),
            directory.resolve(String.valueOf(System.nanoTime())),
            (stage, done, layers) -> {})
        .get(0)
        .linears();
  }
}
