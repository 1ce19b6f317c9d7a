package dev.assay.engine.tokenizer.convert;

import java.util.Base64;

/**
 * What SentencePiece does to a text first (its {@code NormalizerSpec}).
 *
 * @param charsmap its compiled rules in base64, empty for none
 * @param dummyPrefix whether a blank is put in front
 * @param removeExtraBlanks whether blanks at the ends go and runs of them become one
 * @param escapeBlanks whether blanks become U+2581
 */
public record Normalization(
    String charsmap, boolean dummyPrefix, boolean removeExtraBlanks, boolean escapeBlanks) {
  /** What LLaMA's tokenizer does: a blank in front, blanks escaped, nothing else. */
  public static final Normalization LLAMA = new Normalization("", true, false, true);

  /**
   * With rules as a file holds them.
   *
   * @param name of the file, for messages
   * @param charsmap the rules, empty for none
   * @throws dev.assay.engine.config.BadInputException if the rules are broken
   */
  public static Normalization of(
      String name,
      byte[] charsmap,
      boolean dummyPrefix,
      boolean removeExtraBlanks,
      boolean escapeBlanks) {
    if (charsmap.length > 0) {
      CharsmapCheck.require(name, charsmap);
    }
    return new Normalization(
        Base64.getEncoder().encodeToString(charsmap), dummyPrefix, removeExtraBlanks, escapeBlanks);
  }
}
