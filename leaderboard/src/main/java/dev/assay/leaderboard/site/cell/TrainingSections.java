package dev.assay.leaderboard.site.cell;

import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.StageStep;
import dev.assay.leaderboard.result.StageTraining;
import dev.assay.leaderboard.result.Staircase;
import dev.assay.leaderboard.site.view.TrainingSection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the stages of a cell trained, one section for each that did. */
final class TrainingSections {
  private TrainingSections() {}

  /**
   * The sections; none of a recipe that does not train, and of an older result.
   *
   * @param baseline whose perplexity is that of the uncompressed model, if it is one
   */
  static List<TrainingSection> of(Result result, @Nullable Result baseline) {
    Staircase stages = result.stages();
    if (stages == null) {
      return List.of();
    }
    List<TrainingSection> sections = new ArrayList<>();
    @Nullable Double before = StageStairs.before(stages, baseline);
    for (StageStep step : stages.steps()) {
      Measurement taken = step.perplexity();
      @Nullable Double after = taken == null ? null : taken.value();
      StageTraining training = step.training();
      if (training != null) {
        sections.add(
            new TrainingSection(
                step.stage(),
                LossCurves.of(training),
                caption(training),
                LossTable.of(training),
                TrainingCosts.of(result, training, before, after),
                training.notes()));
      }
      before = after;
    }
    return sections;
  }

  private static String caption(StageTraining training) {
    int each = LossCurves.stepsOfAPoint(training);
    String points = each == 1 ? "each step" : "the mean of each " + each + " steps";
    String terms =
        training.terms().size() > 1 ? ", the sum of " + String.join(", ", training.terms()) : "";
    String held =
        training.looks().isEmpty()
            ? " Nothing was held out."
            : " Points are looks at what is held out.";
    return "Measured: loss of " + points + " on what is learned from" + terms + "." + held;
  }
}
