package dev.assay.engine.qat;

import dev.assay.engine.finetune.Lesson;
import dev.assay.engine.finetune.LessonMethod;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.model.ModelSpec;

/** Trains scales of grids. */
class ScalesMethod implements LessonMethod {
  private final Lesson lesson;

  ScalesMethod(ScalesParameters parameters) {
    this.lesson = parameters.lesson();
  }

  @Override
  public Lesson lesson() {
    return lesson;
  }

  @Override
  public boolean needsRounding() {
    return true;
  }

  @Override
  public long trained(ModelSpec spec) {
    return 0;
  }

  @Override
  public Trainee trainee(Trainee.Desk desk) {
    return new ScalesTrainee(desk);
  }
}
