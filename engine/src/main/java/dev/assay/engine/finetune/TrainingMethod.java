package dev.assay.engine.finetune;

import dev.assay.engine.model.ModelSpec;
import java.util.List;
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
    return new TrainingMethod(
        new Lesson(
            List.of(),
            List.of(Losses.labels()),
            null,
            new LearnedFrom(given.data(), given.answers(), given.generated()),
            null,
            given.training()),
        given.lora());
  }

  static TrainingMethod of(DistillParameters given) {
    return new TrainingMethod(
        new Lesson(
            given.teachers(),
            given.loss(),
            given.cache(),
            new LearnedFrom(given.data(), given.answers(), given.generated()),
            given.onPolicy(),
            given.training()),
        given.lora());
  }

  static TrainingMethod of(MiniLlmParameters given) {
    PolicyPlan plan = given.plan();
    return new TrainingMethod(
        new Lesson(
            List.of(given.teacher()),
            plan.loss(),
            null,
            new LearnedFrom(given.data(), given.answers(), given.generated()),
            plan,
            given.training()),
        given.lora());
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
}
