package dev.assay.engine.qat;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.TrainingExtent;
import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.finetune.Lesson;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.working.WorkingModel;
import java.util.List;
import java.util.Optional;

/** Trains scales of grids. */
class ScalesMethod implements WholeModelMethod {
  private final Lesson lesson;

  ScalesMethod(ScalesParameters parameters) {
    this.lesson = parameters.lesson();
  }

  @Override
  public boolean loadsModel() {
    return true;
  }

  @Override
  public List<WantedText> texts() {
    return lesson.texts();
  }

  @Override
  public Optional<TrainingExtent> training(ModelSpec spec) {
    return Optional.of(lesson.extent(spec, 0));
  }

  @Override
  public void requireFits(ModelSpec spec) {
    lesson.requireFits(spec);
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    return lesson.train(model, context, this::trainee);
  }

  /** What is trained. */
  Trainee trainee(Trainee.Desk desk) {
    return new ScalesTrainee(desk);
  }
}
