package dev.assay.harness.suite;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlNode;
import dev.assay.engine.config.YamlReader;
import dev.assay.engine.recipe.Recipe;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.harness.dataset.DatasetRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reads a suite with the recipes and models that it names, and expands it to cells. */
public final class SuiteLoader {
  private final StageRegistry registry;
  private final DatasetRegistry datasets;

  /**
   * @param registry the stages that recipes can use
   * @param datasets the data sets that suites and recipes can name
   */
  public SuiteLoader(StageRegistry registry, DatasetRegistry datasets) {
    this.registry = registry;
    this.datasets = datasets;
  }

  /**
   * @throws dev.assay.engine.config.BadInputException with file, line and key, if the suite or
   *     anything that it refers to is not as it should be
   */
  public LoadedSuite load(Path file) {
    YamlNode root = YamlReader.read(file);
    MeasuresOverlay measures = new MeasuresOverlay(root);
    YamlBinder binder = new YamlBinder().with(MeasuresPatch.class, measures);
    Suite suite = binder.bind(root, KeyPath.ROOT, Suite.class);
    SuitePaths paths = new SuitePaths(file);
    List<Path> models = models(suite, paths, root);
    List<Recipe> recipes = recipes(suite, paths, root);
    SuiteChecks checks = new SuiteChecks(suite, recipes.stream().map(Recipe::name).toList(), root);
    checks.names();
    List<CellSpec> cells = new Expansion(suite, models, recipes, measures).cells();
    checks.baselines(cells);
    new OutsideNames(datasets, paths.names("hardware-profiles"), root).check(suite, cells);
    return new LoadedSuite(file, suite, cells);
  }

  private static List<Path> models(Suite suite, SuitePaths paths, YamlNode root) {
    List<Path> found = new ArrayList<>();
    for (SuiteModel model : suite.models()) {
      KeyPath key = KeyPath.ROOT.key("models").item(found.size());
      if (onHub(model, key.key("path"), root)) {
        found.add(Path.of(Objects.requireNonNull(model.path())));
        continue;
      }
      SyntheticModel synthetic = model.synthetic();
      found.add(
          synthetic == null
              ? checkpoint(Objects.requireNonNull(model.path()), paths, root, key.key("path"))
              : configuration(synthetic, paths, root, key.key("synthetic").key("config")));
    }
    return found;
  }

  private static Path checkpoint(String path, SuitePaths paths, YamlNode root, KeyPath key) {
    return paths
        .find(path)
        .orElseThrow(
            () ->
                root.error(
                    key,
                    "found '"
                        + path
                        + "', expected a checkpoint at one of "
                        + paths.candidates(path)));
  }

  private static Path configuration(
      SyntheticModel model, SuitePaths paths, YamlNode root, KeyPath key) {
    return paths
        .find(model.path())
        .orElseThrow(
            () ->
                root.error(
                    key,
                    "found '"
                        + model.config()
                        + "', expected the name of a configuration or one of "
                        + paths.candidates(model.path())));
  }

  private static boolean onHub(SuiteModel model, KeyPath path, YamlNode root) {
    try {
      return model.onHub().isPresent();
    } catch (BadInputException e) {
      throw root.error(path, String.valueOf(e.getMessage()));
    }
  }

  private List<Recipe> recipes(Suite suite, SuitePaths paths, YamlNode root) {
    RecipeLoader loader =
        new RecipeLoader(paths.find("recipes").orElse(Path.of("recipes")), registry);
    Path parent = paths.file().getParent();
    Path base = parent == null ? Path.of("") : parent;
    List<Recipe> recipes = new ArrayList<>();
    for (String reference : suite.recipes()) {
      Path file = loader.file(reference, base);
      if (!Files.isRegularFile(file)) {
        throw root.error(
            KeyPath.ROOT.key("recipes").item(recipes.size()), loader.unknown(reference));
      }
      recipes.add(loader.read(file));
    }
    return recipes;
  }
}
