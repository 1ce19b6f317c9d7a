package dev.assay.harness.run.check;

import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.harness.dataset.DatasetSplit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Counts the tokens of texts, no further than it has to. */
final class TextLength {
  /** Characters of a beginning for each token looked for; texts rarely have more. */
  private static final long CHARACTERS_A_TOKEN = 16;

  /** Tokens at the end of a beginning that might be others with the rest of the text. */
  private static final int UNSURE = 16;

  private final Map<String, Long> enough = new HashMap<>();

  /**
   * The tokens of a text; of one that has enough, some number that is.
   *
   * @param wanted how many are enough
   */
  long atMost(long wanted, DatasetSplit text, Tokenizer tokenizer) {
    String key = tokenizer.sha256() + " " + text.sha256();
    Long known = enough.get(key);
    if (known != null && known >= wanted) {
      return known;
    }
    String beginning = beginning(text.text(), (wanted + UNSURE) * CHARACTERS_A_TOKEN);
    long found = tokenizer.encode(beginning).length;
    if (beginning.length() < text.text().length()) {
      found -= UNSURE;
      if (found < wanted) {
        found = tokenizer.encode(text.text()).length;
      }
    }
    enough.merge(key, found, Math::max);
    return found;
  }

  /** The first tokens of a text. */
  long[] first(long used, DatasetSplit text, Tokenizer tokenizer) {
    return Arrays.stream(tokenizer.encode(text.text())).limit(used).toArray();
  }

  /** Never ends within a character of two units. */
  private static String beginning(String text, long length) {
    if (length >= text.length()) {
      return text;
    }
    int end = (int) length;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end + 1 : end);
  }
}
