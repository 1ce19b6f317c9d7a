package dev.assay.engine.qat;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.TrainingExtent;
import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.finetune.Lesson;
import dev.assay.engine.finetune.LoraPlan;
import dev.assay.engine.finetune.Trainee;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.working.WorkingModel;
import java.util.List;
import java.util.Optional;

/** Trains products beside linears that stay as they are. */
class QloraMethod implements WholeModelMethod {
  private final Lesson lesson;
  private final LoraPlan lora;
  private final boolean merge;

  QloraMethod(QloraParameters parameters) {
    this.lesson = parameters.lesson();
    this.lora = parameters.lora();
    this.merge = parameters.merge();
  }

  @Override
  public boolean loadsModel() {
    return true;
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
  public List<WantedText> texts() {
    return lesson.texts();
  }

  @Override
  public Optional<TrainingExtent> training(ModelSpec spec) {
    return Optional.of(lesson.extent(spec, lora.parameters(spec)));
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
    return new AdaptedTrainee(desk, lora, merge);
  }
}
