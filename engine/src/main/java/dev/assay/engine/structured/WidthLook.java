package dev.assay.engine.structured;

import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.model.ModelSpec;
import java.util.Set;
import java.util.SortedMap;

/** A look at a whole model that tells what its heads and channels are worth. */
interface WidthLook {
  /** What is to be known of inputs. */
  Set<Statistic> statistics();

  /** Whether it takes gradients of the model's loss. */
  default boolean differentiates() {
    return false;
  }

  /**
   * Makes sure that a model can be looked at so.
   *
   * @throws dev.assay.engine.config.BadInputException if not
   */
  default void requireFits(ModelSpec spec) {}

  /** Of each layer, by its position in the model. */
  SortedMap<Integer, WidthScores> scores(LayerSurvey survey);
}
