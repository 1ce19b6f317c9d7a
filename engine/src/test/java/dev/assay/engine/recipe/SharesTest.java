package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.calibration.Giving;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.ParameterShare;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.lowrank.KeepOf;
import dev.assay.engine.lowrank.SvdParameters;
import dev.assay.engine.working.ModelSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What 20 % is of: one meaning for every stage that takes a share. */
class SharesTest extends TorchTest {
  @TempDir Path directory;

  private List<Pipeline.StageOutcome> run(ModelFixture fixture, String stages) throws IOException {
    return new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(
            fixture.checkpoint(),
            RecipeText.steps(directory, stages),
            Arrays.asList(fixture.ids(scope, "input_ids")),
            directory.resolve("artifact"),
            (stage, done, layers) -> {});
  }

  @Test
  void linearsAreMeantUnlessSaidOtherwise() throws IOException {
    Step step = RecipeText.steps(directory, "[{svd: {keep: 0.7}}]").get(0);
    assertThat(step.parameters()).isEqualTo(new SvdParameters(0.7, KeepOf.LINEARS));
  }

  /** Grouped queries, transposed and fused weights, experts, two stacks. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "phi3", "mixtral", "t5"})
  void ofTheModelNoMoreStaysThanIsSaid(String family) throws IOException {
    ModelFixture fixture = ModelFixture.of(family);
    double rest = 1 - linears(fixture);
    double keep = rest + 0.6 * (1 - rest);

    Pipeline.StageOutcome outcome =
        run(fixture, String.format(Locale.ROOT, "[{svd: {keep: %.6f, of: model}}]", keep)).get(0);

    // A rank takes no part of a row and a column, and some are not reached.
    double kept = share(outcome.after().parameters(), outcome.before().parameters());
    assertThat(kept).isBetween(keep - 0.05, keep);
  }

  @ParameterizedTest
  @ValueSource(strings = {"asvd", "svd-llm"})
  void methodsThatCalibrateMeanTheSame(String stage) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    double rest = 1 - linears(fixture);
    double keep = rest + 0.6 * (1 - rest);
    String said = String.format(Locale.ROOT, "[{%s: {keep: %.6f, of: model}}]", stage, keep);

    Pipeline.StageOutcome outcome = run(fixture, said).get(0);

    assertThat(share(outcome.after().parameters(), outcome.before().parameters()))
        .isBetween(keep - 0.05, keep);
  }

  @Test
  void ofSingularValuesAWholeNumberOfEachStays() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    Pipeline.StageOutcome outcome =
        run(fixture, "[{svd: {keep: 0.3, of: singular-values}}]").get(0);

    long numbers = 0;
    for (LinearOutcome each : outcome.linears()) {
      long least = Math.min(each.outFeatures(), each.inFeatures());
      numbers += ((long) (0.3 * least)) * (each.outFeatures() + each.inFeatures());
    }
    assertThat(outcome.after().linears().parameters()).isEqualTo(numbers);
  }

  @ParameterizedTest
  @ValueSource(strings = {"magnitude", "wanda", "ria", "sparsegpt"})
  void aRatioMayBeOneOfTheModel(String stage) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    double ratio = 0.4 * linears(fixture);
    String said = String.format(Locale.ROOT, "[{%s: {sparsity: %.6f, of: model}}]", stage, ratio);

    ModelSize after = run(fixture, said).get(0).after();

    assertThat(share(after.linears().zeros(), after.parameters()))
        .isBetween(ratio - 0.02, ratio + 0.005);
    assertThat(share(after.linears().zeros(), after.linears().parameters())).isBetween(0.37, 0.41);
  }

  @Test
  void ofTheModelByOneThresholdExactlySoManyGo() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    double ratio = 0.4 * linears(fixture);
    String said =
        String.format(
            Locale.ROOT, "[{magnitude: {sparsity: %.9f, of: model, within: model}}]", ratio);

    ModelSize after = run(fixture, said).get(0).after();

    assertThat((double) after.linears().zeros()).isCloseTo(ratio * after.parameters(), within(1.0));
  }

  /** The first stage leaves a model of which the second takes its share. */
  @Test
  void theModelIsWhatTheStageFinds() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    List<Pipeline.StageOutcome> outcomes =
        run(fixture, "[{drop-layers: {layers: [0]}}, {svd: {keep: 0.9, of: model}}]");

    ModelSize before = outcomes.get(1).before();
    assertThat(before.parameters()).isLessThan(outcomes.get(0).before().parameters());
    assertThat(share(outcomes.get(1).after().parameters(), before.parameters()))
        .isBetween(0.84, 0.9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{svd: {keep: 0.1, of: model}}] | stage svd: keep: found 0.1 of the model's parameters,"
            + " expected more than 0.",
        "[{wanda: {sparsity: 0.95, of: model}}] | stage wanda: sparsity: found 0.95 of the model's"
            + " parameters, expected less than 0.",
        "[{wanda: {sparsity: '2:4', of: model}}] | of: found model, expected linears, as the"
            + " pattern 2:4 says what goes from them",
        "[{svd: {of: rows}}] | svd.of: found 'rows', expected one of [linears, singular-values,"
            + " model]",
        "[{wanda: {sparsity: '4:4'}}] | expected a pattern n:m with 1 <= n < m, of which n stay",
      })
  void whatLinearsHaveNotToGiveIsRefusedBeforeWork(String stages, String message) {
    ModelFixture fixture = ModelFixture.of("llama");

    assertThatThrownBy(() -> run(fixture, stages))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
    assertThat(directory.resolve(".artifact-working")).doesNotExist();
  }

  /** Kept of every so many, as hardware has it, whatever the numbers. */
  @ParameterizedTest
  @CsvSource({"1,2", "1,4", "2,4", "3,4", "4,8", "5,8", "1,16", "7,32", "16,32"})
  void ofAPatternTheFirstNumberStays(int n, int m) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    for (String stage : List.of("magnitude", "wanda", "ria", "sparsegpt")) {
      String said = "[{%s: {sparsity: '%d:%d'}}]".formatted(stage, n, m);
      ModelSize after =
          new Pipeline(torch, fixture.architecture(), StageRegistry.load())
              .run(
                  fixture.checkpoint(),
                  RecipeText.steps(directory, said),
                  Arrays.asList(fixture.ids(scope, "input_ids")),
                  directory.resolve(stage),
                  (each, done, layers) -> {})
              .get(0)
              .after();

      assertThat(after.linears().zeros() * m)
          .as(stage)
          .isEqualTo(after.linears().parameters() * (m - n));
    }
  }

  @Test
  void sharesFollowFromEachOther() {
    ParameterShare share = new ParameterShare(600, 1000);

    assertThat(share.keptOfLinears(0.7)).isEqualTo(0.5);
    assertThat(share.keptOfLinears(0.4)).isLessThanOrEqualTo(0);
    assertThat(share.goneOfLinears(0.3)).isEqualTo(0.5);
  }

  private static double linears(ModelFixture fixture) {
    long parameters = fixture.checkpoint().parameters();
    ParameterShare share =
        ParameterShare.of(fixture.architecture(), Selection.ALL, parameters, Giving.ALL);
    return share(share.linears(), parameters);
  }

  private static double share(long some, long all) {
    return (double) some / all;
  }
}
