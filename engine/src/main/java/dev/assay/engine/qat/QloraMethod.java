package dev.assay.engine.qat;

import dev.assay.engine.finetune.Lesson;
import dev.assay.engine.finetune.LessonMethod;
import dev.assay.engine.finetune.LoraPlan;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.model.ModelSpec;
import java.util.Optional;

/** Trains products beside linears that stay as they are. */
class QloraMethod implements LessonMethod {
  private final Lesson lesson;
  private final LoraPlan lora;
  private final boolean merge;

  QloraMethod(QloraParameters parameters) {
    this.lesson = parameters.lesson();
    this.lora = parameters.lora();
    this.merge = parameters.merge();
  }

  @Override
  public Optional<String> ownOnly() {
    return merge
        ? Optional.empty()
        : Optional.of(
            "products of a low rank stand beside the weights, for which no published layout has words");
  }

  @Override
  public boolean putsBeside() {
    return !merge;
  }

  @Override
  public Lesson lesson() {
    return lesson;
  }

  @Override
  public long trained(ModelSpec spec) {
    return lora.parameters(spec);
  }

  @Override
  public Trainee trainee(Trainee.Desk desk) {
    return new AdaptedTrainee(desk, lora, merge);
  }

  @Override
  public void requireFits(ModelSpec spec) {
    LessonMethod.super.requireFits(spec);
    lora.requireFits(spec);
  }
}
