package dev.assay.engine.finetune;

import dev.assay.engine.recipe.Stage;

/** A stage that trains a model. */
public interface TrainingStage extends Stage {
  /** How. */
  Training training();
}
