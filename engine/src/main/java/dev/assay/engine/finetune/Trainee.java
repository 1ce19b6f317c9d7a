package dev.assay.engine.finetune;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.train.ModelTrainer.Learned;
import dev.assay.engine.train.TrainingLog;
import dev.assay.engine.working.WorkingModel;
import java.util.List;

/** What of a model is trained, in which form it runs meanwhile, and what is made of it. */
public interface Trainee {
  /**
   * Where it works.
   *
   * @param model that is trained
   * @param owner of its tensors
   */
  record Desk(WorkingModel model, StageContext context, NDManager owner, Training training) {}

  /** Makes one. */
  @FunctionalInterface
  interface Maker {
    /** One of a model. */
    Trainee at(Desk desk);
  }

  /**
   * How linears are made.
   *
   * @param plain how they are where nothing is done to them
   */
  LinearForm form(LinearForm plain);

  /**
   * What is learned.
   *
   * @param student the model, of linears of its form
   * @throws dev.assay.engine.config.BadInputException if that is nothing
   */
  List<Learned> learned(TrainableModel student);

  /**
   * Those matrices of which gradients are made out of inputs and those of outputs, whose operations
   * are counted.
   *
   * @param learned what is learned, of the loss too
   */
  default List<Learned> multiplied(TrainableModel student, List<Learned> learned) {
    return learned;
  }

  /**
   * Makes what depends on the step ready for one.
   *
   * @param step from 0, the last that was made where what came of it is looked at
   */
  default void ready(int step) {}

  /** Steps of all times that it is trained; for those who watch. */
  default int steps(Training training) {
    return training.steps();
  }

  /**
   * Trains it.
   *
   * @param learned what is learned, of the loss too
   * @return how that went, of several runs one after the other
   */
  default TrainingLog train(List<Learned> learned, Runs runs) {
    return runs.once(learned);
  }

  /**
   * Puts what came of it into the model.
   *
   * @param learned as they are now
   * @param note what is to be known of each linear
   */
  List<LinearOutcome> store(TrainableModel student, List<Learned> learned, String note);

  /** What else is to be known of what came of it, in words. */
  default List<String> notes() {
    return List.of();
  }
}
