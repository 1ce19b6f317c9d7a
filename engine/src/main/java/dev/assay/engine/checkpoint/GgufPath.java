package dev.assay.engine.checkpoint;

import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Paths by which a GGUF file may be meant. */
final class GgufPath {
  private static final String SUFFIX = ".gguf";

  private GgufPath() {}

  /**
   * The file that a path means: itself, or the only one of a directory that is none of Hugging
   * Face's.
   */
  static Optional<Path> find(Path path) {
    if (Files.isRegularFile(path)) {
      return Optional.of(path).filter(GgufPath::isGguf);
    }
    boolean huggingFace =
        Files.exists(path.resolve("config.json"))
            || Arrays.stream(WeightFiles.values())
                .flatMap(kind -> Stream.of(kind.single(), kind.index()))
                .anyMatch(name -> Files.exists(path.resolve(name)));
    if (huggingFace || !Files.isDirectory(path)) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<Path> files = entries.filter(GgufPath::isGguf).sorted().toList();
      if (files.size() > 1) {
        throw new BadCheckpointException(
            path
                + ": found "
                + files.size()
                + " GGUF files, expected one, or the path of one of them");
      }
      return files.stream().findFirst();
    } catch (IOException e) {
      throw new BadCheckpointException(path + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private static boolean isGguf(Path file) {
    return file.toString().endsWith(SUFFIX) && Files.isRegularFile(file);
  }
}
