package dev.assay.harness.teach;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.config.YamlBinder;
import dev.assay.engine.teacher.chat.Sampling;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a training set is made. All paths are as seen from where the program runs.
 *
 * @param teacher who answers
 * @param prompts what is asked; null where the teacher writes it itself
 * @param seeds what it writes it after; null where prompts are given
 * @param sampling how answers are drawn
 * @param keepTruncated whether answers that were cut off stay
 * @param output file of JSON Lines that is written; one that is there is replaced
 * @param cache directory that answers are kept in; null for one beside the output
 */
public record TeachFile(
    @Describe("who answers") TeacherChoice teacher,
    @Describe("what is asked; either this or seeds") @Nullable PromptSource prompts,
    @Describe("a few instructions after which the teacher writes those that are asked")
        @Nullable SeedSource seeds,
    @Default("{}") @Describe("how answers are drawn") Sampling sampling,
    @Default("false") @Describe("keep answers that were cut off at their limit")
        boolean keepTruncated,
    @Describe("file of JSON Lines that is written") String output,
    @Describe("directory that answers are kept in; beside the output if left out")
        @Nullable String cache) {
  public TeachFile {
    Require.that(
        (prompts == null) != (seeds == null),
        prompts == null ? "prompts" : "seeds",
        prompts == null ? "neither prompts nor seeds" : "seeds beside prompts",
        "one of both, prompts or seeds");
    Require.that(
        sampling.topLogprobs() == null,
        "sampling",
        "topLogprobs",
        "none: a training set holds text alone");
    Require.that(!output.isBlank(), "output", "'" + output + "'", "a file of JSON Lines");
    Require.that(
        !absolute(output).equals(absolute(read(prompts, seeds))),
        "output",
        "'" + output + "', which is read",
        "another file");
    Require.that(cache == null || !cache.isBlank(), "cache", "'" + cache + "'", "a directory");
  }

  /**
   * Reads a file.
   *
   * @throws dev.assay.engine.config.BadInputException with file, line and key, if it is not as it
   *     should be
   */
  public static TeachFile read(Path file) {
    return new YamlBinder().read(file, TeachFile.class);
  }

  private static Path absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize();
  }

  private static String read(@Nullable PromptSource prompts, @Nullable SeedSource seeds) {
    return prompts == null ? Objects.requireNonNull(seeds, "seeds").file() : prompts.file();
  }

  /** The file of what is asked, or of its seeds. */
  String read() {
    return read(prompts, seeds);
  }

  /** Where answers are kept. */
  public Path kept() {
    return Path.of(cache == null ? output + ".answers" : cache);
  }
}
