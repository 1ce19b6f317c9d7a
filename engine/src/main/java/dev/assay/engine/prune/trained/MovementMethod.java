package dev.assay.engine.prune.trained;

import dev.assay.engine.calibration.TrainingExtent;
import dev.assay.engine.finetune.Lesson;
import dev.assay.engine.finetune.LessonMethod;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.model.ModelSpec;
import java.util.Optional;

/** Prunes weights while they are trained. */
final class MovementMethod implements LessonMethod {
  private final MovementParameters parameters;

  MovementMethod(MovementParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public Lesson lesson() {
    return parameters.lesson();
  }

  @Override
  public long trained(ModelSpec spec) {
    return -1;
  }

  /** Masks, and of scores their gradients and what the optimizer remembers. */
  @Override
  public Optional<TrainingExtent> training(ModelSpec spec) {
    TrainingExtent weights = lesson().extent(spec, trained(spec));
    boolean scored = parameters.scores() == MovementParameters.Scores.MOVEMENT;
    return Optional.of(weights.beside(scored ? weights.memories() + 3 : 1));
  }

  /** Values that a stage before has rounded would be lost. */
  @Override
  public boolean losesRounding() {
    return true;
  }

  @Override
  public Trainee trainee(Trainee.Desk desk) {
    return new MovementTrainee(desk, parameters);
  }
}
