package dev.assay.harness.suite;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.Problems;
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
  private final Path home;

  /**
   * @param registry the stages that recipes can use
   * @param datasets the data sets that suites and recipes can name
   * @param home the directory that holds Assay's own recipes, models and profiles
   */
  public SuiteLoader(StageRegistry registry, DatasetRegistry datasets, Path home) {
    this.registry = registry;
    this.datasets = datasets;
    this.home = home;
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
    SuitePaths paths = new SuitePaths(file, home);
    Problems missing = new Problems();
    List<Path> models = models(suite, paths, root, missing);
    List<Recipe> recipes = recipes(suite, paths, root, missing);
    missing.requireNone();
    List<String> names = recipes.stream().map(Recipe::name).toList();
    SuiteChecks checks = new SuiteChecks(suite, names, root);
    checks.names();
    List<CellSpec> cells = new Expansion(suite, models, recipes, measures).cells();
    WrittenSuite written = new WrittenSuite(suite, names, root);
    Problems problems = new Problems();
    problems.in(() -> checks.baselines(cells));
    ExternalReferences references = new ExternalReferences(datasets, paths, written);
    problems.in(() -> references.check(cells));
    problems.requireNone();
    return new LoadedSuite(file, written, references.texts(cells), cells);
  }

  private static List<Path> models(Suite suite, SuitePaths paths, YamlNode root, Problems missing) {
    List<Path> found = new ArrayList<>();
    for (int i = 0; i < suite.models().size(); i++) {
      SuiteModel model = suite.models().get(i);
      KeyPath key = KeyPath.ROOT.key("models").item(i);
      missing.in(() -> found.add(model(model, paths, root, key)));
    }
    return found;
  }

  private static Path model(SuiteModel model, SuitePaths paths, YamlNode root, KeyPath key) {
    if (onHub(model, key.key("path"), root)) {
      return Path.of(Objects.requireNonNull(model.path()));
    }
    SyntheticModel synthetic = model.synthetic();
    return synthetic == null
        ? checkpoint(Objects.requireNonNull(model.path()), paths, root, key.key("path"))
        : configuration(synthetic, paths, root, key.key("synthetic").key("config"));
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

  private List<Recipe> recipes(Suite suite, SuitePaths paths, YamlNode root, Problems missing) {
    RecipeLoader loader = new RecipeLoader(paths.candidates("recipes"), registry);
    Path parent = paths.file().getParent();
    Path base = parent == null ? Path.of("") : parent;
    List<Recipe> recipes = new ArrayList<>();
    for (int i = 0; i < suite.recipes().size(); i++) {
      String reference = suite.recipes().get(i);
      KeyPath key = KeyPath.ROOT.key("recipes").item(i);
      Path file = loader.file(reference, base);
      if (Files.isRegularFile(file)) {
        missing.in(() -> recipes.add(loader.read(file)));
      } else {
        missing.add(root.error(key, loader.unknown(reference)));
      }
    }
    return recipes;
  }
}
