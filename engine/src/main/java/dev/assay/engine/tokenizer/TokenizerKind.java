package dev.assay.engine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How the tokens of a {@code tokenizer.json} stand for text.
 *
 * @param model type of the model: {@code BPE}, {@code Unigram} or {@code WordPiece}
 * @param byteLevel whether each character of a token stands for a byte
 * @param byteFallback whether some tokens stand for a byte each, where no other fits
 * @param marksSpaces whether a mark stands for a space
 * @param affixed whether tokens carry marks of where in a word they stand
 * @param unknownToken the token for what the vocabulary lacks; empty for none
 * @param unknownId its id, where the file names that instead; −1 for none
 */
public record TokenizerKind(
    String model,
    boolean byteLevel,
    boolean byteFallback,
    boolean marksSpaces,
    boolean affixed,
    String unknownToken,
    long unknownId) {
  /** What SentencePiece writes for a space. */
  public static final String SPACE = "▁";

  /**
   * What a file says.
   *
   * @param root a {@code tokenizer.json}
   */
  public static TokenizerKind of(JsonNode root) {
    JsonNode model = root.path("model");
    List<JsonNode> sections =
        List.of(root.path("normalizer"), root.path("pre_tokenizer"), root.path("decoder"));
    return new TokenizerKind(
        type(model),
        sections.stream().anyMatch(section -> has(section, "ByteLevel")),
        model.path("byte_fallback").asBoolean(false),
        sections.stream().anyMatch(section -> section.toString().contains(SPACE)),
        stated(model.path("continuing_subword_prefix")) || stated(model.path("end_of_word_suffix")),
        model.path("unk_token").isTextual() ? model.path("unk_token").asText() : "",
        model.path("unk_id").asLong(-1));
  }

  private static boolean stated(JsonNode affix) {
    return affix.isTextual() && !affix.asText().isEmpty();
  }

  /** Older files leave the type out. */
  private static String type(JsonNode model) {
    if (model.path("type").isTextual()) {
      return model.path("type").asText();
    }
    return model.has("merges") ? "BPE" : model.path("vocab").isArray() ? "Unigram" : "WordPiece";
  }

  private static boolean has(JsonNode section, String type) {
    if (section.path("type").asText().equals(type)) {
      return true;
    }
    for (JsonNode part : section) {
      if (part.isContainerNode() && has(part, type)) {
        return true;
      }
    }
    return false;
  }

  /** Whether tokens in a row spell the text that they stand for. */
  public boolean spells() {
    return !affixed;
  }

  /** Whether a token is one that stands for a byte, where {@link #byteFallback} says so. */
  public static boolean isByte(String token) {
    return token.matches("<0x[0-9A-F]{2}>");
  }

  /** The id of the token for what the vocabulary lacks. */
  OptionalLong unknown(Map<String, Long> ids) {
    Long named = ids.get(unknownToken);
    if (named != null) {
      return OptionalLong.of(named);
    }
    return unknownId < 0 ? OptionalLong.empty() : OptionalLong.of(unknownId);
  }
}
