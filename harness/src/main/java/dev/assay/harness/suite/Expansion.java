package dev.assay.harness.suite;

import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.recipe.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The matrix of a suite.
 *
 * @param suite the suite
 * @param paths where each of its models was found
 * @param recipes its recipes
 * @param measures what is measured of each model
 */
record Expansion(Suite suite, List<Path> paths, List<Recipe> recipes, MeasuresOverlay measures) {

  /** The cells that the filters let through; of each model the baselines first. */
  List<CellSpec> cells() {
    List<CellSpec> cells = new ArrayList<>();
    for (int i = 0; i < suite.models().size(); i++) {
      List<CellSpec> ofModel = cells(suite.models().get(i), paths.get(i));
      ofModel.sort(Comparator.comparing(cell -> cell.baseline() ? 0 : 1));
      cells.addAll(ofModel);
    }
    return cells;
  }

  private List<CellSpec> cells(SuiteModel model, Path path) {
    Measures ofModel = measures.of(model.name(), suite);
    List<CellSpec> cells = new ArrayList<>();
    for (Recipe recipe : recipes) {
      for (SuiteTarget target : suite.targets()) {
        if (suite.picks(model.name(), recipe.name(), target.name())) {
          cells.add(
              new CellSpec(
                  suite.name(),
                  model,
                  path,
                  null,
                  recipe.with(calibration(recipe, model)),
                  target,
                  ofModel,
                  suite.seed(),
                  suite.baseline().is(recipe.name(), target.name())));
        }
      }
    }
    return cells;
  }

  private Calibration calibration(Recipe recipe, SuiteModel model) {
    Calibration calibration = recipe.calibration();
    if (suite.calibration() != null) {
      calibration = calibration.with(suite.calibration());
    }
    for (ModelOverride override : suite.overrides()) {
      if (override.calibration() != null && Filter.glob(override.model(), model.name())) {
        calibration = calibration.with(override.calibration());
      }
    }
    return calibration.seededBy(suite.seed());
  }
}
