package dev.assay.harness.suite;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/**
 * Picks cells by name; a cell must match all three.
 *
 * @param model glob of model names, for example {@code ref-*}
 * @param recipe glob of recipe names, for example <code>{gptq,awq}-*</code>
 * @param target glob of target names
 */
public record Filter(
    @Default("'*'") @Describe("glob of model names") String model,
    @Default("'*'") @Describe("glob of recipe names, such as {gptq,awq}-*") String recipe,
    @Default("'*'") @Describe("glob of target names") String target) {
  /** Whether a cell of these names is picked. */
  public boolean matches(String modelName, String recipeName, String targetName) {
    return glob(model, modelName) && glob(recipe, recipeName) && glob(target, targetName);
  }

  /** Whether a name matches a glob; a malformed glob matches nothing. */
  public static boolean glob(String glob, String name) {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(name));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
