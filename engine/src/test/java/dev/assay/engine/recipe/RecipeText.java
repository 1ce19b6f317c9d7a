package dev.assay.engine.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Stages as a recipe file says them. */
public final class RecipeText {
  private RecipeText() {}

  /**
   * The steps of a recipe.
   *
   * @param directory for the file
   * @param stages the value of {@code stages}, in YAML's flow style
   */
  public static List<Step> steps(Path directory, String stages) throws IOException {
    Files.writeString(
        directory.resolve("one.yaml"), "name: one\nsummary: s\nstages: " + stages + "\n");
    return new RecipeLoader(directory, StageRegistry.load()).load("one").stages();
  }

  /**
   * A recipe whose stages are written as in a file, {@code " - rtn: {}"} each a line.
   *
   * @param directory for the file, {@code recipe.yaml}
   */
  public static Recipe recipe(Path directory, String stages) throws IOException {
    Path file = directory.resolve("recipe.yaml");
    Files.writeString(file, "name: recipe\nsummary: of a test\nstages:\n" + stages + "\n");
    return new RecipeLoader(directory, StageRegistry.load()).read(file);
  }

  /** The steps of a recipe, each said in YAML. */
  public static List<Step> steps(Path directory, List<String> stages) throws IOException {
    return steps(directory, "\n  - " + String.join("\n  - ", stages));
  }
}
