package dev.assay.engine.teacher.prompt;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which instructions that a model wrote are of use; the numbers are those of self-instruct's code.
 *
 * @param fewestWords words that an instruction has at least
 * @param mostWords words that it has at most
 * @param keywords words of which it has none, as they ask for what a model of text cannot do
 */
public record InstructionRules(
    @Describe("words that an instruction has at least") @Default("4") int fewestWords,
    @Describe("words that an instruction has at most") @Default("150") int mostWords,
    @Describe("words of which an instruction has none")
        @Default(
            "[image, images, graph, graphs, picture, pictures, file, files, map, maps, draw, plot]")
        List<String> keywords) {
  /** As in self-instruct's code. */
  public static final InstructionRules DEFAULT =
      new InstructionRules(
          4,
          150,
          List.of(
              "image",
              "images",
              "graph",
              "graphs",
              "picture",
              "pictures",
              "file",
              "files",
              "map",
              "maps",
              "draw",
              "plot"));

  private static final Pattern PUNCTUATION = Pattern.compile("^\\p{Punct}");

  public InstructionRules {
    Require.atLeast("fewestWords", fewestWords, 1);
    Require.atLeast("mostWords", mostWords, fewestWords);
    keywords = List.copyOf(keywords);
  }

  /** What is wrong with an instruction. */
  Optional<DropReason> fault(String instruction) {
    String text = instruction.strip();
    if (text.isEmpty()) {
      return Optional.of(DropReason.EMPTY);
    }
    int words = text.split("\\s+").length;
    if (words < fewestWords) {
      return Optional.of(DropReason.TOO_SHORT);
    } else if (words > mostWords) {
      return Optional.of(DropReason.TOO_LONG);
    } else if (PUNCTUATION.matcher(text).find()) {
      return Optional.of(DropReason.BEGINS_ODDLY);
    }
    List<String> found = RougeL.words(text);
    boolean asksTooMuch =
        keywords.stream().anyMatch(word -> found.contains(word.toLowerCase(Locale.ROOT)));
    return asksTooMuch ? Optional.of(DropReason.KEYWORD) : Optional.empty();
  }
}
