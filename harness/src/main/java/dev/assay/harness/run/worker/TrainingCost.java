package dev.assay.harness.run.worker;

import dev.assay.leaderboard.result.Conditions;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.StageTraining;
import dev.assay.leaderboard.result.TrainingEnergy;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What all training of a recipe cost, as figures that cells are ranked by.
 *
 * @param stages how each stage trained, of those that did
 */
record TrainingCost(List<StageTraining> stages) {
  private static final String WHEN_MADE = ", when the artifact in the cache was made";

  TrainingCost {
    stages = List.copyOf(stages);
  }

  /**
   * FLOPs, tokens, time and energy; nothing where no stage trained.
   *
   * @param fresh whether it was trained just now, and not when the artifact in the cache was made
   * @param disturbed what disturbed the time; null if nothing did
   * @param conditions what went on meanwhile; null where nothing was watched
   */
  List<Measurement> measurements(
      boolean fresh, @Nullable String disturbed, @Nullable Conditions conditions) {
    if (stages.isEmpty()) {
      return List.of();
    }
    double student = stages.stream().mapToDouble(StageTraining::studentFlops).sum();
    double teachers = stages.stream().mapToDouble(StageTraining::teacherFlops).sum();
    long tokens = stages.stream().mapToLong(StageTraining::tokens).sum();
    List<Double> seconds = stages.stream().map(StageTraining::seconds).toList();
    double time = seconds.stream().mapToDouble(Double::doubleValue).sum();
    return List.of(
        Measurement.computed(
            Metrics.TRAINING_FLOPS,
            student + teachers,
            "FLOP",
            Direction.LOWER_IS_BETTER,
            String.format(
                Locale.ROOT,
                "student %.4g + teachers %.4g, products by their shapes, forward and backward",
                student,
                teachers)),
        Measurement.computed(
            Metrics.TRAINING_TOKENS,
            (double) tokens,
            "token",
            Direction.LOWER_IS_BETTER,
            "counted over all steps, padding left out"),
        new Measurement(
                Metrics.TRAINING_TIME,
                Protocol.NONE,
                Provenance.MEASURED,
                time,
                "s",
                Direction.LOWER_IS_BETTER,
                null,
                null,
                stages.size() == 1 ? seconds : List.of(time),
                "wall time of all steps, looks and saves left out, taken once"
                    + (fresh ? "" : WHEN_MADE))
            .taken(disturbed, conditions),
        energy(fresh).taken(disturbed, conditions));
  }

  private Measurement energy(boolean fresh) {
    double joules = 0;
    for (StageTraining stage : stages) {
      TrainingEnergy spent = stage.energy();
      Double some = spent == null ? null : spent.joules();
      if (some == null) {
        String why = spent == null ? null : spent.unmeasured();
        return Measurement.unsupported(
            Metrics.TRAINING_ENERGY,
            Protocol.NONE,
            "J",
            Direction.LOWER_IS_BETTER,
            why == null ? "the build that made the artifact did not read the counter" : why);
      }
      joules += some;
    }
    return new Measurement(
        Metrics.TRAINING_ENERGY,
        Protocol.NONE,
        Provenance.MEASURED,
        joules,
        "J",
        Direction.LOWER_IS_BETTER,
        null,
        null,
        List.of(joules),
        "processor packages and memory, over all stages that train, taken once"
            + (fresh ? "" : WHEN_MADE));
  }
}
