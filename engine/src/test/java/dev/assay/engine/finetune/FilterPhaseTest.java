package dev.assay.engine.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.RecipeBench;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.recipe.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters of states that are trained by the task before states are compared. */
class FilterPhaseTest extends TorchTest {
  private static final String TRAINING =
      "training: {steps: 10, batch: 4, learningRate: 0.003, schedule: {kind: constant}, saveEvery: 3, evaluation: {split: held, windows: 4, every: 5}}";
  private static final Pattern TOLD =
      Pattern.compile(
          "ted: filters of the (\\w+) were trained for 8 steps, from a loss of (.+) to (.+)");

  @TempDir private Path directory;

  private RecipeBench bench() {
    return new RecipeBench(torch, directory);
  }

  private static String distill(String keys) {
    return "  - distill: {loss: [{ted: {" + keys + "}}], " + TRAINING + "}";
  }

  @Test
  void filtersOfBothLearnTheTask() throws IOException {
    List<Pipeline.StageOutcome> outcomes =
        bench()
            .run(
                "llama",
                "  - drop-layers: {layers: [1]}\n"
                    + distill("filterSteps: 8, filters: {bent: true}"),
                "taught");
    JsonNode training = outcomes.get(1).said().path("training");
    assertThat(training.path("notes")).hasSize(2);
    for (JsonNode note : training.path("notes")) {
      Matcher told = TOLD.matcher(note.asText());
      assertThat(told.matches()).as(note.asText()).isTrue();
      assertThat(Double.parseDouble(told.group(3)))
          .isLessThan(Double.parseDouble(told.group(2)) - 0.1);
    }
    assertThat(training.path("log").path("steps")).hasSize(10);
    assertThat(bench().loss("taught")).isLessThan(bench().loss(RecipeBench.family("llama")) - 0.2);
  }

  /** Filters that are trained alike of models that are alike let the same through. */
  @Test
  void aStudentThatIsItsTeacherHasNothingToMatch() throws IOException {
    double labels =
        RecipeBench.firstLoss(
            bench().run("llama", "  - finetune: {" + TRAINING + "}", "labels").get(0));
    double trained =
        RecipeBench.firstLoss(bench().run("llama", distill("filterSteps: 8"), "trained").get(0));
    double drawn = RecipeBench.firstLoss(bench().run("llama", distill(""), "drawn").get(0));

    assertThat(trained).isCloseTo(labels, within(1e-5));
    assertThat(drawn).isGreaterThan(labels + 1e-3);
  }

  @Test
  void theyCostForwardPasses() throws IOException {
    JsonNode trained =
        bench().run("llama", distill("filterSteps: 8"), "trained").get(0).said().path("training");
    JsonNode drawn = bench().run("llama", distill(""), "drawn").get(0).said().path("training");
    for (String flops : List.of("studentFlops", "teacherFlops")) {
      assertThat(trained.path(flops).asDouble()).isGreaterThan(drawn.path(flops).asDouble());
    }
    assertThat(trained.path("trained")).isEqualTo(drawn.path("trained"));
  }

  /** Among filters, and among steps behind them. */
  @ParameterizedTest
  @ValueSource(ints = {4, 9})
  void anInterruptedRunGoesOnToTheLastBit(int until) throws IOException {
    String stages = distill("filterSteps: 8");
    bench().run("llama", stages, "whole");
    assertThatThrownBy(() -> bench().run("llama", stages, "broken", until))
        .isInstanceOf(RecipeBench.Interruption.class);
    bench().run("llama", stages, "broken");
    assertThat(bench().weights("broken")).isEqualTo(bench().weights("whole"));
  }

  @Test
  void filtersThatAreTrainedMakeAnotherStudent() throws IOException {
    bench().run("llama", "  - drop-layers: {layers: [1]}\n" + distill("filterSteps: 8"), "trained");
    bench().run("llama", "  - drop-layers: {layers: [1]}\n" + distill(""), "drawn");
    assertThat(bench().weights("trained")).isNotEqualTo(bench().weights("drawn"));
  }

  @Test
  void aStepIsTheLeast() {
    assertThatThrownBy(() -> bench().run("llama", distill("filterSteps: 0"), "none"))
        .hasMessageContaining("filterSteps");
  }
}
