package dev.assay.engine.tokenizer.convert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A token that is found in a text before the model sees the rest, as in {@code added_tokens} of
 * {@code tokenizer.json}.
 *
 * @param id its id
 * @param content its text
 * @param special whether decoding may leave it out
 * @param normalized whether it is sought in the normalised text
 * @param singleWord whether it must stand alone
 * @param stripLeft whether it takes the blanks before it along
 * @param stripRight whether it takes the blanks after it along
 */
public record AddedToken(
    int id,
    String content,
    boolean special,
    boolean normalized,
    boolean singleWord,
    boolean stripLeft,
    boolean stripRight) {
  public AddedToken {
    if (id < 0) {
      throw new IllegalArgumentException("id: found " + id + ", expected at least 0");
    }
    if (content.isEmpty()) {
      throw new IllegalArgumentException("content: found an empty token, expected text");
    }
  }

  /** A special token, sought in the text as it is. */
  public static AddedToken special(int id, String content) {
    return new AddedToken(id, content, true, false, false, false, false);
  }

  /** A token of the user's, sought in the text as it is. */
  public static AddedToken userDefined(int id, String content) {
    return new AddedToken(id, content, false, false, false, false, false);
  }

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("content", content)
        .put("single_word", singleWord)
        .put("lstrip", stripLeft)
        .put("rstrip", stripRight)
        .put("normalized", normalized)
        .put("special", special);
  }
}
