package dev.assay.engine.prune.trained;

import dev.assay.engine.calibration.TrainingExtent;
import dev.assay.engine.finetune.Lesson;
import dev.assay.engine.finetune.LessonMethod;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.model.ModelSpec;
import java.util.Optional;

/** Prunes a model in rounds of training. */
final class LotteryMethod implements LessonMethod {
  /** Masks, and what the model goes back to. */
  private static final int BESIDE = 2;

  private final LotteryParameters parameters;

  LotteryMethod(LotteryParameters parameters) {
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

  @Override
  public Optional<TrainingExtent> training(ModelSpec spec) {
    TrainingExtent once = lesson().extent(spec, trained(spec));
    long batches = (long) parameters.steps() * parameters.training().accumulation();
    return Optional.of(once.beside(BESIDE).over(batches));
  }

  /** Values that a stage before has rounded would be lost. */
  @Override
  public boolean losesRounding() {
    return true;
  }

  @Override
  public Trainee trainee(Trainee.Desk desk) {
    return new LotteryTrainee(desk, parameters);
  }
}
