package dev.assay.engine.teacher.prompt;

import dev.assay.engine.config.BadInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Prompts by which students are judged, and which no student may be trained on: the 80 questions of
 * Vicuna and the 252 User-Oriented Instructions. A judge would find that a student knows them by
 * heart. They are known by their names, by hashes of their letters and digits, whatever the case,
 * spaces and punctuation, and by hashes of every eight words that follow one another, so that words
 * around one do not hide it. Three that are shorter than eight words are found by themselves only.
 */
public final class EvaluationSets {
  private static final String HASHES = "evaluation.txt";
  private static final String SHINGLES = "evaluation-shingles.txt";
  private static final Pattern ENDING = Pattern.compile("\\.[A-Za-z0-9]{1,8}$");
  private static final int DIGITS = 32;
  private static final Map<String, String> TITLES =
      Map.of(
          "vicuna", "Vicuna's questions",
          "user-oriented-instructions", "User-Oriented-Instructions");
  private static final Map<String, String> NAMES =
      Map.of(
          "vicuna", "vicuna",
          "vicunabench", "vicuna",
          "vicunaquestions", "vicuna",
          "vicunaeval", "vicuna",
          "userorientedinstructions", "user-oriented-instructions",
          "useroriented", "user-oriented-instructions",
          "useroriented252", "user-oriented-instructions",
          "uoi", "user-oriented-instructions");

  /** Of files that are named by what is in every set. */
  private static final Set<String> PLAIN_NAMES =
      Set.of("question", "questions", "prompt", "prompts", "instruction", "instructions");

  private static final EvaluationSets KNOWN = read();

  private final Map<String, String> setByHash;
  private final ShingledItems items;

  private EvaluationSets(Map<String, String> setByHash, ShingledItems items) {
    this.setByHash = Map.copyOf(setByHash);
    this.items = items;
  }

  /** All that are known. */
  public static EvaluationSets known() {
    return KNOWN;
  }

  private static EvaluationSets read() {
    Map<String, String> sets = new TreeMap<>();
    lines(HASHES).stream()
        .map(line -> line.split(" "))
        .forEach(parts -> sets.put(parts[1], parts[0]));
    return new EvaluationSets(sets, new ShingledItems(lines(SHINGLES)));
  }

  private static List<String> lines(String resource) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    EvaluationSets.class.getResourceAsStream(resource), resource),
                StandardCharsets.UTF_8))) {
      return lines.lines().filter(line -> !line.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Holds a file's name against those of the sets; that of its folder too where the file's own says
   * nothing, as the sets are published.
   *
   * @throws BadInputException if it is one of them; the message says why it is refused
   */
  public void requireOther(String key, Path file) {
    String name = String.valueOf(file.getFileName());
    requireOther(key, file.toString(), name);
    Path folder = file.toAbsolutePath().getParent();
    if (PLAIN_NAMES.contains(bare(name)) && folder != null && folder.getFileName() != null) {
      requireOther(key, file.toString(), folder.getFileName().toString());
    }
  }

  private static void requireOther(String key, String whole, String segment) {
    String set = NAMES.get(bare(segment));
    if (set != null) {
      throw new BadInputException(key + ": found '" + whole + "', " + why(set));
    }
  }

  /** A name of a file or folder without its ending, and without what names may differ in. */
  private static String bare(String segment) {
    return BareText.of(ENDING.matcher(segment.strip()).replaceFirst(""));
  }

  /**
   * Holds a running text against the prompts of the sets: its short lines, and some hundred words
   * at a time, wherever lines end.
   *
   * @param where what messages call the text
   * @throws BadInputException if one is in it; the message names the lines
   */
  public void requireNoneIn(String where, String text) {
    List<Prompt> found =
        new RunningText(text)
            .pieces(piece -> set(piece).isPresent()).stream()
                .map(piece -> Prompt.of(piece.line(), piece.text()))
                .toList();
    requireNone(where, found);
  }

  /**
   * The set that a prompt is from.
   *
   * @return its name for people; empty if it is from none
   */
  public Optional<String> titleOf(Prompt prompt) {
    return prompt.texts().stream().flatMap(text -> set(text).stream()).findFirst().map(TITLES::get);
  }

  /** The set that a text is from. */
  private Optional<String> set(String text) {
    String hash = DigestUtils.sha256Hex(BareText.of(text)).substring(0, DIGITS);
    return Optional.ofNullable(setByHash.get(hash)).or(() -> items.setIn(text));
  }

  /**
   * Holds prompts against those of the sets.
   *
   * @param where what messages call the prompts' source
   * @throws BadInputException if any is one of them; the message names the lines
   */
  public void requireNone(String where, List<Prompt> prompts) {
    Map<String, StringBuilder> lines = new TreeMap<>();
    Map<String, Integer> counts = new TreeMap<>();
    for (Prompt prompt : prompts) {
      prompt.texts().stream()
          .flatMap(text -> set(text).stream())
          .findFirst()
          .ifPresent(
              set -> {
                int before = counts.merge(set, 1, Integer::sum) - 1;
                StringBuilder text = lines.computeIfAbsent(set, unused -> new StringBuilder());
                if (before < 5) {
                  text.append(before == 0 ? "" : ", ").append(prompt.line());
                } else if (before == 5) {
                  text.append(" …");
                }
              });
    }
    if (!counts.isEmpty()) {
      String set = counts.keySet().iterator().next();
      int count = Objects.requireNonNull(counts.get(set));
      throw new BadInputException(
          where
              + ": found "
              + count
              + (count == 1 ? " prompt of " : " prompts of ")
              + TITLES.get(set)
              + " (line "
              + lines.get(set)
              + "), "
              + why(set));
    }
  }

  private static String why(String set) {
    return "expected prompts of no evaluation set: students are judged by "
        + TITLES.get(set)
        + ", and one that was trained on them would be judged by what it knows by heart";
  }
}
