package dev.assay.harness.run.worker;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.assay.engine.finetune.TrainingReport;
import dev.assay.engine.finetune.TrainingStage;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.train.TrainingLog;
import dev.assay.harness.suite.Device;
import dev.assay.leaderboard.result.StageTraining;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Takes what stages say of their training, for results. */
final class StageTrainings {
  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private static final String KEY = "training";

  private StageTrainings() {}

  /**
   * How a stage trained; null of one that did not.
   *
   * @param said what it said of how it went
   * @param stage its parameters
   * @param device that it ran on
   */
  static @Nullable StageTraining of(JsonNode said, Stage stage, Device device) {
    JsonNode told = said.path(KEY);
    if (!told.isObject()) {
      return null;
    }
    TrainingReport report = JSON.convertValue(told, TrainingReport.class);
    TrainingLog log = report.log();
    StageTraining training =
        new StageTraining(
            log.terms(),
            log.steps().stream().map(TrainingLog.Step::loss).toList(),
            log.looks().stream()
                .map(
                    look ->
                        new StageTraining.Look(
                            look.steps(), look.loss(), look.terms(), look.labels()))
                .toList(),
            log.bestStep(),
            log.tokens(),
            log.seconds(),
            report.trained(),
            report.studentFlops(),
            report.teacherFlops(),
            arithmetic(stage),
            device.name().toLowerCase(Locale.ROOT),
            report.notes());
    return report.untimedFlops() > 0 ? training.untimed(report.untimedFlops()) : training;
  }

  private static @Nullable String arithmetic(Stage stage) {
    return stage instanceof TrainingStage trains
        ? trains.training().precision().name().toLowerCase(Locale.ROOT)
        : null;
  }
}
