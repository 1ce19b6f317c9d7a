package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recipes whose layers give by what that costs the loss. */
class SensitivityTest extends TorchTest {
  @TempDir Path directory;

  private Pipeline.StageOutcome run(ModelFixture fixture, String stages, String target)
      throws IOException {
    return new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            RecipeText.steps(directory, stages),
            Arrays.asList(fixture.ids(scope, "input_ids")),
            directory.resolve(target),
            (stage, done, layers) -> {})
        .get(0);
  }

  /** As many go as from layers alike, of each layer within the spread, whatever prunes. */
  @ParameterizedTest
  @CsvSource({
    "llama,magnitude",
    "llama,wanda",
    "llama,sparsegpt",
    "llama,ria",
    "gpt2,wanda",
    "phi3,ria",
    "mixtral,magnitude",
    "bloom,sparsegpt"
  })
  void asManyGoAsFromLayersAlike(String family, String stage) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    String plain = "[{%s: {sparsity: 0.5}}]".formatted(stage);
    String shared =
        "[{%s: {sparsity: 0.5, sensitivity: {spread: 0.2, samples: 1}}}]".formatted(stage);

    Pipeline.StageOutcome alike = run(fixture, plain, "alike");
    Pipeline.StageOutcome outcome = run(fixture, shared, "shared");

    // Counts of a row, a block or a linear are whole numbers.
    double all = outcome.after().linears().parameters();
    assertThat(outcome.after().linears().zeros() / all)
        .isBetween(
            alike.after().linears().zeros() / all - 0.015,
            alike.after().linears().zeros() / all + 0.015);
    Map<Integer, List<LinearOutcome>> layers =
        outcome.linears().stream().collect(Collectors.groupingBy(LinearOutcome::layer));
    assertThat(layers).hasSize(fixture.architecture().layers());
    layers
        .values()
        .forEach(
            linears ->
                assertThat(linears)
                    .allSatisfy(each -> assertThat(each.sparsity()).isBetween(0.27, 0.73)));
  }

  /** Nothing is tried, and no byte is another. */
  @ParameterizedTest
  @ValueSource(strings = {"magnitude", "wanda", "sparsegpt", "ria"})
  void noSpreadIsLayersAlike(String stage) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    run(fixture, "[{%s: {sparsity: 0.5}}]".formatted(stage), "alike");
    run(fixture, "[{%s: {sparsity: 0.5, sensitivity: {spread: 0}}}]".formatted(stage), "none");

    assertThat(Files.mismatch(weights("alike"), weights("none"))).isEqualTo(-1);
  }

  private Path weights(String artifact) {
    return directory.resolve(artifact).resolve("model.safetensors");
  }

  /** A share of the model is one of its linears before it is shared out. */
  @Test
  void aShareOfTheModelIsSharedOut() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");

    Pipeline.StageOutcome outcome =
        run(
            fixture,
            "[{wanda: {sparsity: 0.2, of: model, sensitivity: {spread: 0.1, samples: 1}}}]",
            "artifact");

    double gone = (double) outcome.after().linears().zeros() / outcome.after().parameters();
    assertThat(gone).isBetween(0.18, 0.205);
  }

  @Test
  void aModelWithoutALossIsRefused() {
    for (String family : List.of("t5", "bert")) {
      assertThatThrownBy(
              () ->
                  run(
                      ModelFixture.of(family),
                      "[{wanda: {sparsity: 0.5, sensitivity: {spread: 0.1}}}]",
                      family))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("stage wanda: found a model of kind")
          .hasMessageContaining("expected one that continues text");
    }
  }
}
