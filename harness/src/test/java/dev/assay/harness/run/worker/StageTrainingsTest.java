package dev.assay.harness.run.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.finetune.TrainingReport;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.train.TrainingLog;
import dev.assay.harness.suite.Device;
import dev.assay.leaderboard.result.KnownMetrics;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.StageTraining;
import dev.assay.leaderboard.result.TrainingEnergy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stage says of its training, and what becomes of it. */
class StageTrainingsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private static final TrainingReport REPORT =
      new TrainingReport(
          new TrainingLog(
              List.of("hinton", "labels"),
              List.of(
                  new TrainingLog.Step(6, List.of(2.0, 4.0), 1.5, 1e-4),
                  new TrainingLog.Step(5, List.of(1.5, 3.5), 1.25, 1e-4)),
              List.of(new TrainingLog.Look(2, 5.5, List.of(1.75, 3.75), 3.5)),
              2,
              4096,
              0,
              2.5),
          1000,
          1e12,
          2e11,
          0,
          List.of("a note"));

  private static ObjectNode said(TrainingReport report) {
    ObjectNode said = JSON.createObjectNode();
    said.set("training", JSON.valueToTree(report));
    return said;
  }

  private Stage stage(String step) throws IOException {
    Files.writeString(
        directory.resolve("one.yaml"), "name: one\nsummary: a test\nstages:\n  - " + step + "\n");
    return new RecipeLoader(directory, StageRegistry.load())
        .load("one")
        .stages()
        .get(0)
        .parameters();
  }

  private static @Nullable StageTraining of(ObjectNode said, Stage stage) {
    return StageTrainings.of(said, stage, Device.CPU);
  }

  @Test
  void carriesOverWhatTheStageSaid() throws IOException {
    StageTraining training = of(said(REPORT), stage("distill: {}"));

    assertThat(training)
        .isEqualTo(
            new StageTraining(
                List.of("hinton", "labels"),
                List.of(6.0, 5.0),
                List.of(new StageTraining.Look(2, 5.5, List.of(1.75, 3.75), 3.5)),
                2,
                4096,
                2.5,
                1000,
                1e12,
                2e11,
                "float32",
                "cpu",
                List.of("a note")));
  }

  @Test
  void whatCameBeforeTheStepsIsNotInTheirTime() throws IOException {
    TrainingReport report =
        new TrainingReport(REPORT.log(), REPORT.trained(), 1e12, 2e11, 1.5e11, REPORT.notes());
    StageTraining training = Objects.requireNonNull(of(said(report), stage("distill: {}")));

    assertThat(training.flops()).isEqualTo(1.2e12);
    assertThat(training.timedFlops()).isEqualTo(1.05e12);
    assertThat(Objects.requireNonNull(of(said(REPORT), stage("distill: {}"))).timedFlops())
        .isEqualTo(1.2e12);
  }

  @Test
  void takesTheTypeOfProductsFromTheStage() throws IOException {
    Stage half = stage("finetune: {training: {precision: bfloat16}}");

    assertThat(of(said(REPORT), half)).extracting(StageTraining::arithmetic).isEqualTo("bfloat16");
    assertThat(of(said(REPORT), stage("qat: {bits: 4}")))
        .extracting(StageTraining::arithmetic)
        .isEqualTo("float32");
    assertThat(of(said(REPORT), stage("rtn: {bits: 8}")))
        .extracting(StageTraining::arithmetic)
        .isNull();
  }

  @Test
  void leavesOutWhatResultsDoNotHave() throws IOException {
    ObjectNode more = said(REPORT);
    ((ObjectNode) more.get("training")).put("unheardOf", 1);

    assertThat(of(more, stage("finetune: {}"))).isEqualTo(of(said(REPORT), stage("finetune: {}")));
  }

  @Test
  void aStageThatDidNotTrainHasNone() throws IOException {
    assertThat(of(JSON.createObjectNode(), stage("rtn: {bits: 8}"))).isNull();
  }

  @Test
  void theCostOfAllStagesIsASum() throws IOException {
    StageTraining one = Objects.requireNonNull(of(said(REPORT), stage("finetune: {}")));
    List<Measurement> cost = new TrainingCost(List.of(one, one)).measurements(true, null, null);

    assertThat(cost)
        .extracting(Measurement::metric, Measurement::value, Measurement::provenance)
        .containsExactly(
            tuple(Metrics.TRAINING_FLOPS, 2.4e12, Provenance.COMPUTED),
            tuple(Metrics.TRAINING_TOKENS, 8192.0, Provenance.COMPUTED),
            tuple(Metrics.TRAINING_TIME, 5.0, Provenance.MEASURED),
            tuple(Metrics.TRAINING_ENERGY, null, Provenance.UNSUPPORTED));
    assertThat(cost)
        .allSatisfy(
            each ->
                assertThat(KnownMetrics.of(each.metric())).contains(KnownMetrics.Kind.of(each)));
  }

  @Test
  void theTimeIsAsDisturbedAsTheCompressionThatItIsOf() throws IOException {
    StageTraining one = Objects.requireNonNull(of(said(REPORT), stage("finetune: {}")));
    List<Measurement> cost = new TrainingCost(List.of(one)).measurements(false, "a hog", null);

    assertThat(cost).extracting(Measurement::disturbed).containsExactly(null, null, "a hog", null);
    assertThat(cost.get(2).note()).endsWith("when the artifact in the cache was made");
    assertThat(cost.get(2).samples()).containsExactly(2.5);
  }

  @Test
  void energyIsASumOrAReason() throws IOException {
    StageTraining one = Objects.requireNonNull(of(said(REPORT), stage("finetune: {}")));
    StageTraining counted = one.took(TrainingEnergy.of(3));
    StageTraining uncounted = one.took(TrainingEnergy.unmeasured("no counter"));

    assertThat(energy(counted, counted))
        .extracting(Measurement::value, Measurement::provenance, Measurement::disturbed)
        .containsExactly(6.0, Provenance.MEASURED, "a hog");
    assertThat(energy(counted, uncounted))
        .extracting(Measurement::value, Measurement::provenance, Measurement::note)
        .containsExactly(null, Provenance.UNSUPPORTED, "no counter");
    assertThat(energy(counted, one).note())
        .isEqualTo("the build that made the artifact did not read the counter");
  }

  private static Measurement energy(StageTraining... stages) {
    return new TrainingCost(List.of(stages))
        .measurements(true, "a hog", null).stream()
            .filter(each -> each.metric().equals(Metrics.TRAINING_ENERGY))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void aRecipeThatDoesNotTrainHasNoCost() {
    assertThat(new TrainingCost(List.of()).measurements(true, null, null)).isEmpty();
  }
}
