package dev.assay.engine.teacher.prompt;

import java.text.Normalizer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;

/** Every eight words of a text that follow one another, as hashes. */
final class Shingles {
  /** Words of one. */
  static final int WORDS = 8;

  private static final int DIGITS = 12;

  private Shingles() {}

  /** The hashes; none of a text of fewer words. Case and punctuation do not matter. */
  static Set<String> of(String text) {
    List<String> words = RougeL.words(Normalizer.normalize(text, Normalizer.Form.NFKC));
    Set<String> hashes = new HashSet<>();
    for (int i = 0; i + WORDS <= words.size(); i++) {
      String shingle = String.join(" ", words.subList(i, i + WORDS));
      hashes.add(DigestUtils.sha256Hex(shingle).substring(0, DIGITS));
    }
    return hashes;
  }
}
