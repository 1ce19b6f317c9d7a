package dev.assay.engine.recipe;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.KeyPath;
import dev.assay.engine.config.Names;
import dev.assay.engine.config.Problems;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.config.YamlDirectory;
import dev.assay.engine.config.YamlNode.Mapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Finds recipes and reads them with all they extend. A reference that ends in {@code .yaml} is a
 * path; any other is a name in the directories of recipes, of which the first that has it counts.
 */
public final class RecipeLoader {
  private static final String SUFFIX = YamlDirectory.SUFFIX;

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
    this.binder = new YamlBinder().with(Step.class, new StepReader(registry));
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
   * @throws BadInputException if the file is not a recipe
   */
  public Recipe read(Path file) {
    Mapping merged = new RecipeInheritance(this).resolve(file);
    Recipe recipe = binder.bind(merged, KeyPath.ROOT, Recipe.class);
    String fileName = file.getFileName().toString();
    if (!fileName.equals(recipe.name() + SUFFIX)) {
      throw merged.error(
          KeyPath.ROOT.key("name"),
          "found '" + recipe.name() + "', expected the name of the file " + fileName);
    }
    Problems problems = new Problems();
    requireWhole(recipe.stages(), merged, problems);
    problems.in(() -> requireOneRounding(recipe.stages(), merged));
    problems.requireNone();
    return recipe;
  }

  private void requireWhole(List<Step> stages, Mapping merged, Problems problems) {
    for (int i = 0; i < stages.size(); i++) {
      KeyPath path = KeyPath.ROOT.key("stages").item(i);
      PipelineCheck.wholeFault(stages.get(i), registry.method(stages.get(i)))
          .ifPresent(fault -> problems.add(merged.error(path, fault)));
    }
  }

  /**
   * A second rounding would take the errors of the first for weights; what comes out is neither.
   * Where both stages select linears, the model has to tell whether some are the same.
   */
  private void requireOneRounding(List<Step> stages, Mapping merged) {
    int first = -1;
    for (int i = 0; i < stages.size(); i++) {
      Step step = stages.get(i);
      if (!registry.method(step).rounds() || step.selection().isBeside()) {
        continue;
      }
      if (first >= 0 && (stages.get(first).selection().isAll() || step.selection().isAll())) {
        KeyPath path = KeyPath.ROOT.key("stages");
        throw merged.error(
            path.item(i),
            "found '%s', which rounds the linears that '%s' in %s has rounded, expected one"
                    .formatted(step.stage(), stages.get(first).stage(), path.item(first))
                + " rounding of a linear");
      }
      first = i;
    }
  }
}
