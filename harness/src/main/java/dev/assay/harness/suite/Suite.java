package dev.assay.harness.suite;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.CalibrationOverride;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A suite as written: models × recipes × targets, and what is measured of each.
 *
 * @param name name in results
 * @param summary one line for people
 * @param models checkpoints
 * @param recipes names of recipes, or paths of recipe files
 * @param targets where cells run
 * @param seed seed of every random choice
 * @param baseline what ratios are taken against
 * @param calibration over the recipes' calibration
 * @param measures what is measured
 * @param include only cells that one of these picks; all if empty
 * @param exclude no cells that one of these picks
 * @param overrides what is different for some models; later ones win
 */
public record Suite(
    @Describe("name in results") String name,
    @Describe("one line for people") String summary,
    @Describe("checkpoints") List<SuiteModel> models,
    @Describe("names of recipes, or paths of recipe files relative to the suite file")
        List<String> recipes,
    @Default("[{name: cpu}]") @Describe("where cells run") List<SuiteTarget> targets,
    @Default("0") @Describe("seed of every random choice") long seed,
    @Describe("what ratios are taken against") Baseline baseline,
    @Describe("over the recipes' calibration") @Nullable CalibrationOverride calibration,
    @Describe("what is measured") Measures measures,
    @Default("[]") @Describe("only cells that one of these picks; all if empty")
        List<Filter> include,
    @Default("[]") @Describe("no cells that one of these picks") List<Filter> exclude,
    @Default("[]") @Describe("what is different for some models; later ones win")
        List<ModelOverride> overrides) {
  public Suite {
    Name.require("name", name);
    models = List.copyOf(models);
    recipes = List.copyOf(recipes);
    targets = List.copyOf(targets);
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    overrides = List.copyOf(overrides);
  }

  /** Whether the filters let a cell of these names through. */
  boolean picks(String model, String recipe, String target) {
    return (include.isEmpty()
            || include.stream().anyMatch(filter -> filter.matches(model, recipe, target)))
        && exclude.stream().noneMatch(filter -> filter.matches(model, recipe, target));
  }
}
