package dev.assay.engine.recipe;

import dev.assay.engine.calibration.Selection;

/**
 * A stage at its place in a recipe.
 *
 * @param stage name of the {@link StageType}
 * @param parameters its parameters, of the type's record
 * @param selection the linears that it works on
 */
public record Step(String stage, Stage parameters, Selection selection) {
  /** A stage that works on all linears. */
  public Step(String stage, Stage parameters) {
    this(stage, parameters, Selection.ALL);
  }
}
