package dev.assay.harness.suite;

import dev.assay.engine.config.Describe;
import dev.assay.engine.config.ScalarForm;
import org.jspecify.annotations.Nullable;

/**
 * What the ratios of a suite are taken against, for each model.
 *
 * @param recipe name of a recipe of the suite
 * @param target name of a target of the suite; null for the target of the cell that is compared
 */
public record Baseline(
    @Describe("recipe of the suite that ratios are taken against") String recipe,
    @Describe("target of the baseline; each cell's own if left out") @Nullable String target) {
  /** The short form, a recipe alone. */
  @ScalarForm(expected = "a mapping with recipe and target, or a recipe alone")
  public static Baseline of(String recipe) {
    return new Baseline(recipe, null);
  }

  /** Whether a cell of this recipe and target is a baseline. */
  boolean is(String recipeName, String targetName) {
    return recipe.equals(recipeName) && (target == null || target.equals(targetName));
  }
}
