package dev.assay.harness.run.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Where a worker says how far it is; only the last word is kept.
 *
 * @param path the file
 */
public record ProgressFile(Path path) {
  private static final ObjectMapper JSON = new ObjectMapper();

  void write(Progress progress) {
    try {
      Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
      Files.write(temporary, JSON.writeValueAsBytes(progress));
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** The last word; none before the first. */
  public Optional<Progress> read() {
    try {
      return Files.exists(path)
          ? Optional.of(JSON.readValue(Files.readAllBytes(path), Progress.class))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
