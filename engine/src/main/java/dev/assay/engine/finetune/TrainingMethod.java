package dev.assay.engine.finetune;

import dev.assay.engine.model.ModelSpec;
import org.jspecify.annotations.Nullable;

/** Trains a model by a loss, which may compare it with others. */
final class TrainingMethod implements LessonMethod {
  private final Lesson lesson;
  private final @Nullable LoraPlan lora;

  private TrainingMethod(Lesson lesson, @Nullable LoraPlan lora) {
    this.lesson = lesson;
    this.lora = lora;
  }

  static TrainingMethod of(FinetuneParameters given) {
    return new TrainingMethod(given.lesson(), given.lora());
  }

  static TrainingMethod of(DistillParameters given) {
    return new TrainingMethod(given.lesson(), given.lora());
  }

  static TrainingMethod of(MiniLlmParameters given) {
    return new TrainingMethod(given.lesson(), given.lora());
  }

  @Override
  public boolean selects() {
    return false;
  }

  /** Values that a stage before has rounded would be lost. */
  @Override
  public boolean losesRounding() {
    return true;
  }

  @Override
  public boolean trainsFactors() {
    return true;
  }

  @Override
  public Lesson lesson() {
    return lesson;
  }

  @Override
  public long trained(ModelSpec spec) {
    return lora == null ? -1 : lora.parameters(spec);
  }

  @Override
  public Trainee trainee(Trainee.Desk desk) {
    return lora == null ? new OwnValues(desk) : new FoldedProducts(desk, lora);
  }

  @Override
  public void requireFits(ModelSpec spec) {
    LessonMethod.super.requireFits(spec);
    if (lora != null) {
      lora.requireFits(spec);
    }
  }
}
