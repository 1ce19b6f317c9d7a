package dev.assay.engine.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.Surveyed;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.MagnitudeParameters.Within;
import dev.assay.engine.prune.Refit;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import dev.assay.engine.recipe.Float32Copy;
import dev.assay.engine.recipe.Pipeline;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a layer alone would cost is what it does cost once it alone is compressed. */
class LayerTrialsTest extends TorchTest {
  private static final Sparsity HALF = new Sparsity.Unstructured(0.5);

  @TempDir Path directory;

  private static Step step(String stage) {
    return switch (stage) {
      case "magnitude" -> new Step(stage, new MagnitudeParameters(HALF, Within.ROW, null));
      case "wanda" -> new Step(stage, new WandaParameters(HALF, Refit.LEAST_SQUARES, null));
      default -> new Step(stage, new SparseGptParameters(HALF, 0.01, 128, null));
    };
  }

  @ParameterizedTest
  @CsvSource({
    "llama,wanda",
    "gpt2,sparsegpt",
    "phi3,magnitude",
    "mixtral,wanda",
    "bloom,sparsegpt"
  })
  void theyAreLossesOfModelsWithOneLayerCompressed(String family, String stage) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
    List<long[]> samples = Arrays.asList(fixture.ids(scope, "input_ids"));
    LayerwiseMethod method = (LayerwiseMethod) StageRegistry.load().method(step(stage));
    Surveyed model = Surveyed.of(torch, source, fixture.architecture(), samples);
    List<Double> found = new ArrayList<>();

    new LayerSurvey(model.weights(), model.context())
        .trials(samples.size())
        .look(
            (layer, weights, trial) -> {
              assertThat(layer).isEqualTo(found.size());
              assertThat(weights).isEqualTo(weights(fixture, layer));
              double first = trial.loss(method);
              assertThat(trial.loss(method)).as("nothing of it is kept").isEqualTo(first);
              found.add(first);
            });

    assertThat(found).hasSize(fixture.architecture().layers());
    for (int layer = 0; layer < found.size(); layer++) {
      Step alone =
          new Step(
              stage,
              step(stage).parameters(),
              new Selection(List.of("layers." + layer), List.of()));
      Path target = directory.resolve("alone" + layer);
      new Pipeline(torch, fixture.architecture(), StageRegistry.load())
          .run(source, List.of(alone), samples, target, (number, done, layers) -> {});
      double expected = loss(fixture, Checkpoint.open(target), samples);
      assertThat(found.get(layer)).isCloseTo(expected, within(1e-5 * expected));
    }
  }

  private static long weights(ModelFixture fixture, int layer) {
    return fixture
        .architecture()
        .main()
        .layer(layer)
        .layout()
        .parts()
        .mapToLong(linear -> linear.outFeatures() * linear.inFeatures())
        .sum();
  }

  private double loss(ModelFixture fixture, Checkpoint checkpoint, List<long[]> samples) {
    try (LanguageModel model =
        LanguageModel.load(
            torch, checkpoint, fixture.architecture(), Execution.reference(torch.device()))) {
      double mean = 0;
      for (float[] losses : model.tokenLosses(samples.toArray(long[][]::new))) {
        double sum = 0;
        for (float each : losses) {
          sum += each;
        }
        mean += sum / losses.length / samples.size();
      }
      return mean;
    }
  }

  /** Of the layers that the stage works on, by what it works on of them. */
  @Test
  void whatAStageLeavesAloneIsNotTried() {
    ModelFixture fixture = ModelFixture.of("llama");
    List<long[]> samples = Arrays.asList(fixture.ids(scope, "input_ids"));
    Selection some = new Selection(List.of("layers.1.*down_proj"), List.of());
    Surveyed model =
        Surveyed.of(torch, fixture.checkpoint(), fixture.architecture(), samples, some);
    List<Integer> seen = new ArrayList<>();

    new LayerSurvey(model.weights(), model.context())
        .trials(1)
        .look(
            (layer, weights, trial) -> {
              seen.add(layer);
              var down = fixture.architecture().main().layer(1).layout().linear("mlp.down_proj");
              assertThat(weights).isEqualTo(down.outFeatures() * down.inFeatures());
            });

    assertThat(seen).containsExactly(1);
  }

  @Test
  void modelsThatContinueNoTextHaveNoLoss() {
    ModelFixture fixture = ModelFixture.of("t5");
    Surveyed model =
        Surveyed.of(
            torch,
            fixture.checkpoint(),
            fixture.architecture(),
            Arrays.asList(fixture.ids(scope, "input_ids")));

    assertThatThrownBy(() -> new LayerSurvey(model.weights(), model.context()).trials(1))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("expected one that continues text");
  }
}
