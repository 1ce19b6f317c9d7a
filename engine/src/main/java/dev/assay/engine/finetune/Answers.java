package dev.assay.engine.finetune;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.config.Require;
import dev.assay.engine.teacher.prompt.ChatExample;
import dev.assay.engine.teacher.prompt.ExampleFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Conversations whose answers a model learns: those of a teacher that only writes text, or anybody
 * else's. The model's own chat template writes them; what was asked is read and not scored.
 *
 * @param file in JSON Lines, each with {@code messages} of which the last is the answer, as seen
 *     from where the program runs
 * @param length tokens of prompt and answer at most, capped at the model's context; what is longer
 *     is left out
 * @param sha256 of the file, so that a recipe says which it is; found where it is not given
 */
public record Answers(
    @Describe("JSON Lines with messages in each, of which the last is the answer") String file,
    @Default("512")
        @Describe("tokens of prompt and answer at most; what is longer is left out, never cut")
        int length,
    @Describe("sha256 of the file; found where it is not given") @Nullable String sha256) {
  public Answers {
    Require.that(!file.isBlank(), "file", "'" + file + "'", "a file of JSON Lines");
    Require.atLeast("length", length, 2);
    String found = hash(Path.of(file));
    sha256 = sha256 == null ? found : sha256;
    Require.that(sha256.equals(found), "sha256", found + " of " + file, sha256);
    // What cannot be learned from is told before any work begins.
    ExampleFile.read(Path.of(file));
  }

  private static String hash(Path file) {
    try {
      return DigestUtils.sha256Hex(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new InvalidValueException("file", "'" + file + "'", "a file that can be read");
    }
  }

  /**
   * Reads them.
   *
   * @throws BadInputException if the file is no longer the one that it was
   */
  List<ChatExample> read() {
    String found = hash(Path.of(file));
    if (!found.equals(sha256)) {
      throw new BadInputException(
          "answers: sha256: found %s of %s, expected %s".formatted(found, file, sha256));
    }
    return ExampleFile.readAgain(Path.of(file));
  }
}
