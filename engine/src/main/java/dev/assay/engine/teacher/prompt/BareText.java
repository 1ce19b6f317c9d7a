package dev.assay.engine.teacher.prompt;

import java.text.Normalizer;
import java.util.Locale;

/** Texts without what two that say the same may differ in. */
final class BareText {
  private BareText() {}

  /** Letters and digits alone, in lower case and in the compatible form of Unicode. */
  static String of(String text) {
    StringBuilder bare = new StringBuilder();
    Normalizer.normalize(text, Normalizer.Form.NFKC)
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .filter(Character::isLetterOrDigit)
        .forEach(bare::appendCodePoint);
    return bare.toString();
  }
}
