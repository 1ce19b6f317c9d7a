package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/** A text file of the user's, in UTF-8, whole: its one split is {@code all}. */
final class LocalTextFile implements Dataset {
  static final String SPLIT = "all";

  private final Path path;
  private final DatasetInfo info;

  /**
   * @param name as the suite wrote it
   * @throws BadInputException if the file is missing, empty or unreadable
   */
  LocalTextFile(String name, Path path) {
    this.path = path;
    byte[] content = read(path);
    if (content.length == 0) {
      throw new BadInputException(path + ": found an empty file, expected text");
    }
    this.info =
        new DatasetInfo(
            name,
            "Local text file",
            path.toString(),
            "not stated",
            List.of(new DatasetInfo.Split(SPLIT, DigestUtils.sha256Hex(content), content.length)));
  }

  @Override
  public DatasetInfo info() {
    return info;
  }

  @Override
  public DatasetSplit load(String split) {
    return DatasetSplit.verified(info.name(), info.split(split), read(path), path.toString());
  }

  private static byte[] read(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new BadInputException(path + ": no such file; expected a text file in UTF-8");
    }
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new BadInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
