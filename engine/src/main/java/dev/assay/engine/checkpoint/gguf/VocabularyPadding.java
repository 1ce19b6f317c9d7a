package dev.assay.engine.checkpoint.gguf;

import dev.assay.engine.config.BadInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes the tokens of a GGUF file as many as its embedding has rows, which readers of the format
 * insist on: rows beyond the tokenizer's ids get unused tokens {@code [PAD257]} and so on.
 */
public final class VocabularyPadding {
  private static final String TOKENS = TokenizerJson.PREFIX + "tokens";
  private static final String TYPES = TokenizerJson.PREFIX + "token_type";
  private static final String SCORES = TokenizerJson.PREFIX + "scores";

  /** So that no merging of pieces ever prefers one. */
  private static final float LEAST_SCORE = -10_000;

  private static final int NORMAL = 1;
  private static final int UNUSED = 5;

  private VocabularyPadding() {}

  /**
   * The keys with as many tokens as rows; the same where they hold no tokens.
   *
   * @param tokenizer keys of a tokenizer
   * @param where what messages call it
   * @throws BadInputException if there are more tokens than rows, or the keys do not fit each other
   */
  public static Map<String, GgufValue> padded(
      Map<String, GgufValue> tokenizer, long rows, String where) {
    if (!(tokenizer.get(TOKENS) instanceof GgufValue.Array tokens)) {
      return tokenizer;
    }
    int known = tokens.values().size();
    if (known > rows) {
      throw new BadInputException(
          "%s: found %d tokens, expected at most %d, the rows of token_embd.weight"
              .formatted(where, known, rows));
    }
    Map<String, GgufValue> padded = new LinkedHashMap<>(tokenizer);
    padded.put(TOKENS, withNames(tokens, (int) rows));
    // Where no types are stated, all tokens that are there are ordinary ones.
    GgufValue.Whole normal = new GgufValue.Whole(ValueType.INT32, NORMAL);
    GgufValue types =
        tokenizer.getOrDefault(
            TYPES, new GgufValue.Array(ValueType.INT32, Collections.nCopies(known, normal)));
    padded.put(
        TYPES,
        filled(where, TYPES, types, known, rows, new GgufValue.Whole(ValueType.INT32, UNUSED)));
    GgufValue scores = tokenizer.get(SCORES);
    if (scores != null) {
      padded.put(
          SCORES, filled(where, SCORES, scores, known, rows, GgufValue.float32(LEAST_SCORE)));
    }
    return padded;
  }

  private static GgufValue withNames(GgufValue.Array tokens, int rows) {
    List<GgufValue> names = new ArrayList<>(tokens.values());
    Set<GgufValue> taken = new HashSet<>(names);
    for (int id = names.size(); id < rows; id++) {
      GgufValue name = new GgufValue.Text("[PAD" + id + "]");
      for (int more = 1; !taken.add(name); more++) {
        name = new GgufValue.Text("[PAD" + id + "_" + more + "]");
      }
      names.add(name);
    }
    return new GgufValue.Array(ValueType.STRING, names);
  }

  private static GgufValue filled(
      String where, String key, GgufValue value, int known, long rows, GgufValue filler) {
    if (!(value instanceof GgufValue.Array array)) {
      throw new BadInputException(
          "%s: key %s: found a single %s, expected an array, one value a token"
              .formatted(where, key, value.type()));
    }
    if (array.values().size() != known) {
      throw new BadInputException(
          "%s: key %s: found %d values, expected %d, one a token"
              .formatted(where, key, array.values().size(), known));
    }
    List<GgufValue> values = new ArrayList<>(array.values());
    while (values.size() < rows) {
      values.add(filler);
    }
    return new GgufValue.Array(array.elementType(), values);
  }
}
