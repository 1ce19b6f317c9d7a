package dev.assay.engine.finetune;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.TrainingExtent;
import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.working.WorkingModel;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Trains a model by a loss, which may compare it with others. */
final class TrainingMethod implements WholeModelMethod {
  private final Lesson lesson;
  private final @Nullable LoraPlan lora;

  private TrainingMethod(Lesson lesson, @Nullable LoraPlan lora) {
    this.lesson = lesson;
    this.lora = lora;
  }

  static TrainingMethod of(FinetuneParameters given) {
    return new TrainingMethod(
        new Lesson(
            List.of(), List.of(Losses.labels()), given.data(), given.answers(), given.training()),
        given.lora());
  }

  static TrainingMethod of(DistillParameters given) {
    return new TrainingMethod(
        new Lesson(given.teachers(), given.loss(), given.data(), given.answers(), given.training()),
        given.lora());
  }

  @Override
  public boolean selects() {
    return false;
  }

  @Override
  public boolean loadsModel() {
    return true;
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
  public List<WantedText> texts() {
    return lesson.texts();
  }

  @Override
  public Optional<TrainingExtent> training(ModelSpec spec) {
    return Optional.of(lesson.extent(spec, lora == null ? -1 : lora.parameters(spec)));
  }

  @Override
  public void requireFits(ModelSpec spec) {
    lesson.requireFits(spec);
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    LoraPlan plan = lora;
    return lesson.train(
        model,
        context,
        desk -> plan == null ? new OwnValues(desk) : new FoldedProducts(desk, plan));
  }
}
