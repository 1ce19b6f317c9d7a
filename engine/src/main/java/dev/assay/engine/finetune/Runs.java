package dev.assay.engine.finetune;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.train.ModelTrainer.Learned;
import dev.assay.engine.train.TrainingLog;
import dev.assay.engine.train.TrainingPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Trains a model by its lesson, as often as is wanted. */
public interface Runs {
  /** How the lesson wants it trained. */
  TrainingPlan plan();

  /** A directory of the stage's own, see {@link Run#saves}; null where nothing is kept. */
  @Nullable Path saves();

  /**
   * A run, from one beginning to its end.
   *
   * @param learned what is learned, of the model and of the loss
   * @param begin other values that some of it begins with, by name
   * @param saves a directory from which the run goes on if it was interrupted; null for none
   * @param before steps that other runs of the stage have made
   * @param made hears how many steps are made, after each
   */
  record Run(
      List<Learned> learned,
      Map<String, NDArray> begin,
      TrainingPlan plan,
      @Nullable Path saves,
      int before,
      IntConsumer made) {
    public Run {
      learned = List.copyOf(learned);
      begin = Map.copyOf(begin);
    }
  }

  /** Trains. What the optimizer remembers is that of the run alone. */
  TrainingLog train(Run run);

  /** Trains once, as the lesson wants it. */
  default TrainingLog once(List<Learned> learned) {
    return train(new Run(learned, Map.of(), plan(), saves(), 0, step -> {}));
  }
}
