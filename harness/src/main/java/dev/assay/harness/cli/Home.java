package dev.assay.harness.cli;

import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.harness.hardware.profile.HardwareProfiles;
import dev.assay.harness.suite.SyntheticModel;
import java.nio.file.Path;

/**
 * Where Assay's own files are: the checkout, as the launcher says, or else the current directory.
 *
 * @param path the directory that holds {@code suites/}, {@code recipes/} and the like
 */
record Home(Path path) {
  static Home ofLauncher() {
    return new Home(Path.of(System.getProperty("assay.home", "")).toAbsolutePath().normalize());
  }

  Path suites() {
    return path.resolve("suites");
  }

  Path models() {
    return path.resolve("models");
  }

  Path configurations() {
    return path.resolve(SyntheticModel.DIRECTORY);
  }

  RecipeLoader recipes(StageRegistry stages) {
    return new RecipeLoader(path.resolve("recipes"), stages);
  }

  HardwareProfiles profiles() {
    return HardwareProfiles.load(path.resolve("hardware-profiles"));
  }
}
