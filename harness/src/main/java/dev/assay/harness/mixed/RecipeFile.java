package dev.assay.harness.mixed;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.BadInputsException;
import dev.assay.engine.recipe.RecipeLoader;
import dev.assay.engine.recipe.StageRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import org.apache.commons.io.file.PathUtils;

/** Writes a recipe that is one: nobody finds the file before it was read as such. */
public final class RecipeFile {
  private RecipeFile() {}

  /**
   * Writes the text to a directory beside the target, reads it as a recipe and moves it. Where that
   * fails nothing is left.
   *
   * @param target a file that does not exist, in a directory that does
   * @throws BadInputException if the text is no recipe of the target's name, or the target is there
   * @throws UncheckedIOException if it cannot be written
   */
  public static void write(Path target, String text) {
    Path absolute = target.toAbsolutePath();
    Path parent = Objects.requireNonNull(absolute.getParent());
    Path name = Objects.requireNonNull(absolute.getFileName());
    try {
      Path pending = Files.createTempDirectory(parent, "." + name + ".partial-");
      try {
        Path file = Files.writeString(pending.resolve(name), text);
        read(file, target);
        if (Files.exists(absolute)) {
          throw new BadInputException(target + ": exists already, expected a new file");
        }
        Files.move(file, absolute, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        PathUtils.deleteDirectory(pending);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** Errors name the file that was asked for, as the other is gone by then. */
  private static void read(Path file, Path target) {
    Path directory = Objects.requireNonNull(file.getParent());
    try {
      new RecipeLoader(directory, StageRegistry.load()).read(file);
    } catch (BadInputException e) {
      throw BadInputsException.reworded(
          e, message -> message.replace(file.toString(), target.toString()));
    }
  }
}
