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

  /** The steps of a recipe, each said in YAML. */
  public static List<Step> steps(Path directory, List<String> stages) throws IOException {
    return steps(directory, "\n  - " + String.join("\n  - ", stages));
  }
}
