package dev.assay.engine.recipe;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.Names;
import dev.assay.engine.config.Problems;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlDirectory;
import dev.assay.engine.config.YamlNode.Kind;
import dev.assay.engine.config.YamlNode.Mapping;
import dev.assay.engine.config.YamlNode.Scalar;
import dev.assay.engine.config.YamlNode.Sequence;
import dev.assay.engine.distill.TermReader;
import dev.assay.engine.distill.WeightedTerm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds recipes and reads them with all they extend. A reference that ends in {@code .yaml} is a
 * path; any other is a name in the directories of recipes, of which the first that has it counts.
 */
public final class RecipeLoader {
  private static final String SUFFIX = YamlDirectory.SUFFIX;
  private static final KeyPath NAME = KeyPath.ROOT.key("name");
  private static final KeyPath STAGES = KeyPath.ROOT.key("stages");

  private final List<Path> directories;
  private final StageRegistry registry;
  private final YamlBinder binder;

  /**
   * @param directory where recipes are found by name
   * @param registry the stages that they can use
   */
  public RecipeLoader(Path directory, StageRegistry registry) {
    this(List.of(directory), registry);
  }

  /**
   * @param directories where recipes are found by name, in this order
   * @param registry the stages that they can use
   * @throws IllegalArgumentException if there is no directory
   */
  public RecipeLoader(List<Path> directories, StageRegistry registry) {
    if (directories.isEmpty()) {
      throw new IllegalArgumentException("found no directory, expected at least one");
    }
    this.directories = List.copyOf(directories);
    this.registry = registry;
    this.binder =
        new YamlBinder()
            .with(Step.class, new StepReader(registry))
            .with(WeightedTerm.class, new TermReader());
  }

  /** Names of the recipes in the directories, sorted. */
  public Names names() {
    return new Names(
        directories.stream()
            .flatMap(directory -> YamlDirectory.names(directory).known().stream())
            .sorted()
            .distinct()
            .toList());
  }

  /**
   * The file that a reference stands for, whether or not it exists.
   *
   * @param reference name or path
   * @param base directory that paths are relative to
   */
  public Path file(String reference, Path base) {
    if (reference.endsWith(SUFFIX)) {
      return base.resolve(reference);
    }
    List<Path> files =
        directories.stream().map(directory -> directory.resolve(reference + SUFFIX)).toList();
    return files.stream().filter(Files::isRegularFile).findFirst().orElse(files.get(0));
  }

  /** The end of an error about a reference to a recipe that does not exist. */
  public String unknown(String reference) {
    if (reference.endsWith(SUFFIX)) {
      return "no such recipe file: " + reference;
    }
    Names names = names();
    return names.known().isEmpty()
        ? "unknown recipe '" + reference + "', found no recipes in any of " + directories
        : "unknown recipe '" + reference + "', " + names.expectedInsteadOf(reference);
  }

  /**
   * @param reference name, or path relative to the current directory
   * @throws BadInputException if there is no such recipe, or it is not as it should be
   */
  public Recipe load(String reference) {
    Path file = file(reference, Path.of(""));
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(unknown(reference));
    }
    return read(file);
  }

  /**
   * @throws BadInputException with all that is wrong, if the file is not a recipe
   */
  public Recipe read(Path file) {
    Mapping own = RecipeInheritance.read(file);
    List<Recipe> recipes = new ArrayList<>();
    Problems problems = new Problems();
    problems.in(() -> requireName(own, file));
    problems.in(() -> recipes.add(bind(new RecipeInheritance(this).resolve(file, own))));
    problems.requireNone();
    return recipes.get(0);
  }

  /** A name that is none is told by the recipe. */
  private static void requireName(Mapping own, Path file) {
    String fileName = file.getFileName().toString();
    if (own.find(NAME).orElse(null) instanceof Scalar name
        && name.kind() == Kind.STRING
        && !name.text().isBlank()
        && !fileName.equals(name.text() + SUFFIX)) {
      throw own.error(
          NAME, "found '" + name.text() + "', expected the name of the file " + fileName);
    }
  }

  private Recipe bind(Mapping merged) {
    List<Recipe> recipes = new ArrayList<>();
    Problems problems = new Problems();
    problems.in(() -> recipes.add(binder.bind(merged, KeyPath.ROOT, Recipe.class)));
    problems.in(() -> requireOneRounding(steps(merged), merged));
    problems.requireNone();
    return recipes.get(0);
  }

  /** The stages that are as they should be, by their places. */
  private SortedMap<Integer, Step> steps(Mapping merged) {
    SortedMap<Integer, Step> steps = new TreeMap<>();
    if (merged.find(STAGES).orElse(null) instanceof Sequence written) {
      // What is wrong with the others is told by the recipe.
      Problems told = new Problems();
      for (int i = 0; i < written.items().size(); i++) {
        int at = i;
        told.in(
            () -> steps.put(at, binder.bind(written.items().get(at), STAGES.item(at), Step.class)));
      }
    }
    return steps;
  }

  /**
   * A second rounding would take the errors of the first for weights; what comes out is neither.
   * Where both stages select linears, the model has to tell whether some are the same.
   */
  private void requireOneRounding(SortedMap<Integer, Step> stages, Mapping merged) {
    Map.Entry<Integer, Step> first = null;
    for (Map.Entry<Integer, Step> each : stages.entrySet()) {
      Step step = each.getValue();
      if (!registry.method(step).rounds() || step.selection().isBeside()) {
        continue;
      }
      if (first != null && (first.getValue().selection().isAll() || step.selection().isAll())) {
        throw merged.error(
            STAGES.item(each.getKey()),
            "found '%s', which rounds the linears that '%s' in %s has rounded, expected one"
                    .formatted(step.stage(), first.getValue().stage(), STAGES.item(first.getKey()))
                + " rounding of a linear");
      }
      first = each;
    }
  }
}
