package dev.assay.harness.suite;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.CanonicalYaml;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlNode;
import dev.assay.engine.config.YamlReader;
import dev.assay.engine.recipe.Calibration;
import dev.assay.engine.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A suite as it stands in its file, to say where the value is that a cell has.
 *
 * @param suite what is written there
 * @param recipes names of its recipes, in its order
 * @param root the file's content
 */
public record WrittenSuite(Suite suite, List<String> recipes, YamlNode root) {
  private static final String CALIBRATION = "calibration";

  public WrittenSuite {
    recipes = List.copyOf(recipes);
  }

  /** An error about a value of the file. */
  public BadInputException error(KeyPath path, String message) {
    return root.error(path, message);
  }

  /** Where a model of the suite stands. */
  public KeyPath path(SuiteModel model) {
    return KeyPath.ROOT.key("models").item(suite.models().indexOf(model));
  }

  /** Where a recipe of the suite stands, by its name. */
  public KeyPath recipe(String name) {
    return KeyPath.ROOT.key("recipes").item(recipes.indexOf(name));
  }

  /** Where a target of the suite stands. */
  public KeyPath path(SuiteTarget target) {
    return KeyPath.ROOT.key("targets").item(suite.targets().indexOf(target));
  }

  /**
   * An error about what is measured of a model.
   *
   * @param below path below {@code measures}
   */
  public BadInputException ofMeasures(String model, KeyPath below, String message) {
    return root.error(place(model, "measures", below), message);
  }

  /** An error about what a cell's compression is calibrated on, where it is said, or could be. */
  public BadInputException ofCalibration(CellSpec cell, String key, String message) {
    String model = cell.model().name();
    Recipe recipe = cell.recipe();
    boolean section = root.find(KeyPath.ROOT.key(CALIBRATION)).isPresent();
    return saysOfCalibration(model, key) || (section && isDefault(recipe.calibration(), key))
        ? root.error(place(model, CALIBRATION, KeyPath.ROOT.key(key)), message)
        : root.error(
            recipe(recipe.name()),
            "%s: %s.%s: %s".formatted(recipe.name(), CALIBRATION, key, message));
  }

  private static boolean isDefault(Calibration calibration, String key) {
    YamlNode nothing = YamlReader.parse("{}", "no calibration");
    Calibration defaults = new YamlBinder().bind(nothing, KeyPath.ROOT, Calibration.class);
    return Objects.equals(
        CanonicalYaml.tree(calibration).get(key), CanonicalYaml.tree(defaults).get(key));
  }

  /** Whether the suite itself, rather than a recipe, says what a key of a calibration is. */
  public boolean saysOfCalibration(String model, String key) {
    return root.find(place(model, CALIBRATION, KeyPath.ROOT.key(key))).isPresent();
  }

  /** The last override that gives the value, or else the suite's own key. */
  private KeyPath place(String model, String section, KeyPath below) {
    for (int i = suite.overrides().size() - 1; i >= 0; i--) {
      KeyPath override = KeyPath.ROOT.key("overrides").item(i).key(section);
      if (Filter.glob(suite.overrides().get(i).model(), model)
          && root.find(then(override, replaced(below))).isPresent()) {
        return then(override, below);
      }
    }
    return then(KeyPath.ROOT.key(section), below);
  }

  /** What an override replaces as a whole: a list, or else the value itself. */
  private static KeyPath replaced(KeyPath below) {
    List<Object> steps = below.steps().stream().takeWhile(String.class::isInstance).toList();
    return new KeyPath(steps);
  }

  private static KeyPath then(KeyPath path, KeyPath below) {
    List<Object> steps = new ArrayList<>(path.steps());
    steps.addAll(below.steps());
    return new KeyPath(steps);
  }
}
