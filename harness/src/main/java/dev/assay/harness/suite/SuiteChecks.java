package dev.assay.harness.suite;

import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.Names;
import dev.assay.engine.config.Problems;
import dev.assay.engine.config.YamlNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the names in a suite fit together.
 *
 * @param suite the suite
 * @param recipes names of its recipes
 * @param root the suite as written, for positions
 */
record SuiteChecks(Suite suite, List<String> recipes, YamlNode root) {
  private static final KeyPath BASELINE = KeyPath.ROOT.key("baseline");

  /**
   * @throws dev.assay.engine.config.BadInputException if a name is there twice, a reference leads
   *     nowhere, or a glob matches nothing
   */
  void names() {
    List<String> models = suite.models().stream().map(SuiteModel::name).toList();
    List<String> targets = suite.targets().stream().map(SuiteTarget::name).toList();
    Problems problems = new Problems();
    problems.in(() -> distinct("models", models));
    problems.in(() -> distinct("recipes", recipes));
    problems.in(() -> distinct("targets", targets));
    problems.in(() -> known(BASELINE.key("recipe"), "recipe", suite.baseline().recipe(), recipes));
    problems.in(() -> known(BASELINE.key("target"), "target", suite.baseline().target(), targets));
    problems.in(() -> filters("include", suite.include(), models, targets));
    problems.in(() -> filters("exclude", suite.exclude(), models, targets));
    for (int i = 0; i < suite.overrides().size(); i++) {
      KeyPath path = KeyPath.ROOT.key("overrides").item(i).key("model");
      String glob = suite.overrides().get(i).model();
      problems.in(() -> matches(path, "model", glob, models));
    }
    problems.requireNone();
  }

  /**
   * @throws dev.assay.engine.config.BadInputException if the filters leave no cell, or a cell
   *     without its baseline
   */
  void baselines(List<CellSpec> cells) {
    if (cells.isEmpty()) {
      throw root.error(
          KeyPath.ROOT.key(suite.exclude().isEmpty() ? "include" : "exclude"),
          "the filters leave no cell, expected at least one");
    }
    for (CellSpec cell : cells) {
      String wanted = suite.baseline().target();
      String target = wanted == null ? cell.target().name() : wanted;
      if (!suite.picks(cell.model().name(), suite.baseline().recipe(), target)) {
        throw root.error(
            BASELINE,
            "the filters leave out "
                + cell.model().name()
                + "/"
                + suite.baseline().recipe()
                + "/"
                + target
                + ", the baseline of "
                + cell.name()
                + ", expected it among the cells");
      }
    }
  }

  private void distinct(String key, List<String> names) {
    KeyPath path = KeyPath.ROOT.key(key);
    if (names.isEmpty()) {
      throw root.error(path, "found an empty list, expected at least one item");
    }
    for (int i = 0; i < names.size(); i++) {
      int first = names.indexOf(names.get(i));
      if (first < i) {
        throw root.error(
            path.item(i),
            "found name '"
                + names.get(i)
                + "' again, first used by "
                + path.item(first)
                + ", expected names that differ");
      }
    }
  }

  private void known(KeyPath path, String kind, @Nullable String name, List<String> names) {
    // A list that is empty is a fault of its own.
    if (name != null && !names.isEmpty() && !names.contains(name)) {
      throw root.error(
          path, "unknown " + kind + " '" + name + "', " + new Names(names).expectedInsteadOf(name));
    }
  }

  private void filters(
      String key, List<Filter> filters, List<String> models, List<String> targets) {
    for (int i = 0; i < filters.size(); i++) {
      KeyPath path = KeyPath.ROOT.key(key).item(i);
      matches(path.key("model"), "model", filters.get(i).model(), models);
      matches(path.key("recipe"), "recipe", filters.get(i).recipe(), recipes);
      matches(path.key("target"), "target", filters.get(i).target(), targets);
    }
  }

  private void matches(KeyPath path, String kind, String glob, List<String> names) {
    if (names.stream().noneMatch(name -> Filter.glob(glob, name))) {
      throw root.error(
          path,
          "'" + glob + "' matches no " + kind + ", " + new Names(names).expectedInsteadOf(glob));
    }
  }
}
