package dev.assay.engine.finetune;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.TrainingExtent;
import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.working.WorkingModel;
import java.util.List;
import java.util.Optional;

/** A method that trains the model by a lesson. */
public interface LessonMethod extends WholeModelMethod {
  /** What is learned, from whom and how. */
  Lesson lesson();

  /**
   * Parameters that are trained; −1 for all of the model.
   *
   * @param spec the model
   */
  long trained(ModelSpec spec);

  /** What of the model is trained. */
  Trainee trainee(Trainee.Desk desk);

  @Override
  default boolean loadsModel() {
    return true;
  }

  @Override
  default List<WantedText> texts() {
    return lesson().texts();
  }

  @Override
  default Optional<TrainingExtent> training(ModelSpec spec) {
    return Optional.of(lesson().extent(spec, trained(spec)));
  }

  @Override
  default void requireFits(ModelSpec spec) {
    lesson().requireFits(spec);
  }

  @Override
  default void requireLesson(Checkpoint source, ModelSpec original, ModelSpec shape) {
    lesson().requireLearnable(source, original, shape);
  }

  @Override
  default void requireTokens(Checkpoint model, ModelSpec spec) {
    lesson().requireTokens(model, spec);
  }

  @Override
  default List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    return lesson().train(model, context, this::trainee);
  }
}
