package dev.assay.harness.suite;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.CanonicalYaml;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlNode;
import dev.assay.engine.config.YamlReader;
import dev.assay.engine.recipe.Calibration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A suite as it stands in its file, to say where the value is that a cell has.
 *
 * @param suite what is written there
 * @param recipes names of its recipes, in its order
 * @param root the file's content
 */
public record WrittenSuite(Suite suite, List<String> recipes, YamlNode root) {
  private static final String CALIBRATION = "calibration";

  /** What is calibrated on where neither suite nor recipe says anything. */
  private static final Calibration UNSAID =
      new YamlBinder()
          .bind(YamlReader.parse("{}", "no calibration"), KeyPath.ROOT, Calibration.class);

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

  /** An error about some recipes of the suite, of which there is at least one. */
  BadInputException ofRecipes(Set<String> names, String message) {
    List<String> inOrder = recipes.stream().filter(names::contains).toList();
    KeyPath path = inOrder.size() == 1 ? recipe(inOrder.get(0)) : KeyPath.ROOT.key("recipes");
    return root.error(path, String.join(", ", inOrder) + ": " + message);
  }

  /**
   * Where the suite says what a key of a cell's calibration is, or could: of what nobody says, in a
   * section that it has for the cell. None if the recipe says it, or there is no such section.
   */
  Optional<KeyPath> calibration(CellSpec cell, String key) {
    String model = cell.model().name();
    KeyPath below = KeyPath.ROOT.key(key);
    if (saysOfCalibration(model, key)) {
      return Optional.of(place(model, CALIBRATION, below));
    }
    return isDefault(cell.recipe().calibration(), key)
        ? section(model, CALIBRATION).map(section -> then(section, below))
        : Optional.empty();
  }

  private static boolean isDefault(Calibration calibration, String key) {
    return Objects.equals(
        CanonicalYaml.tree(calibration).get(key), CanonicalYaml.tree(UNSAID).get(key));
  }

  /** The suite's own section, or else that of the last override that has it. */
  private Optional<KeyPath> section(String model, String name) {
    KeyPath own = KeyPath.ROOT.key(name);
    return root.find(own).isPresent() ? Optional.of(own) : override(model, name, KeyPath.ROOT);
  }

  /** Whether the suite itself, rather than a recipe, says what a key of a calibration is. */
  public boolean saysOfCalibration(String model, String key) {
    return root.find(place(model, CALIBRATION, KeyPath.ROOT.key(key))).isPresent();
  }

  /** The last override that gives the value, or else the suite's own key. */
  private KeyPath place(String model, String section, KeyPath below) {
    return then(override(model, section, replaced(below)).orElse(KeyPath.ROOT.key(section)), below);
  }

  /** A section of the last override for the model that has a value there. */
  private Optional<KeyPath> override(String model, String section, KeyPath below) {
    for (int i = suite.overrides().size() - 1; i >= 0; i--) {
      KeyPath override = KeyPath.ROOT.key("overrides").item(i).key(section);
      if (Filter.glob(suite.overrides().get(i).model(), model)
          && root.find(then(override, below)).isPresent()) {
        return Optional.of(override);
      }
    }
    return Optional.empty();
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
