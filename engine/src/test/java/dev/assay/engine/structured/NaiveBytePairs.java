package dev.assay.engine.structured;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Byte-level byte-pair encoding as slow and plain as can be, for comparison. */
final class NaiveBytePairs {
  private static final Pattern WORDS =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Integer, String> tokens = new HashMap<>();
  private final List<List<String>> merges = new ArrayList<>();

  NaiveBytePairs(JsonNode model) {
    for (Map.Entry<String, JsonNode> token : model.path("vocab").properties()) {
      ids.put(token.getKey(), token.getValue().asInt());
      tokens.put(token.getValue().asInt(), token.getKey());
    }
    for (JsonNode merge : model.path("merges")) {
      merges.add(List.of(merge.path(0).asText(), merge.path(1).asText()));
    }
  }

  String token(int id) {
    return Objects.requireNonNull(tokens.get(id));
  }

  long[] encode(String text) {
    List<Long> found = new ArrayList<>();
    Map<String, List<String>> seen = new HashMap<>();
    Matcher words = WORDS.matcher(text);
    while (words.find()) {
      StringBuilder characters = new StringBuilder();
      for (byte each : words.group().getBytes(StandardCharsets.UTF_8)) {
        characters.appendCodePoint(character(each & 0xff));
      }
      for (String token : seen.computeIfAbsent(characters.toString(), this::merged)) {
        found.add((long) Objects.requireNonNull(ids.get(token), token));
      }
    }
    return found.stream().mapToLong(Long::longValue).toArray();
  }

  /** Every merge in turn, wherever it applies, from the left. */
  List<String> merged(String characters) {
    List<String> symbols =
        new ArrayList<>(characters.codePoints().mapToObj(Character::toString).toList());
    for (List<String> merge : merges) {
      for (int i = 0; i + 1 < symbols.size(); i++) {
        if (symbols.get(i).equals(merge.get(0)) && symbols.get(i + 1).equals(merge.get(1))) {
          symbols.set(i, merge.get(0) + merge.get(1));
          symbols.remove(i + 1);
        }
      }
    }
    return symbols;
  }

  /** GPT-2's characters for bytes: printable ones are themselves, others follow from 256 on. */
  private static int character(int value) {
    if (isPrintable(value)) {
      return value;
    }
    int next = 256;
    for (int other = 0; other < value; other++) {
      next += isPrintable(other) ? 0 : 1;
    }
    return next;
  }

  private static boolean isPrintable(int value) {
    return value >= '!' && value <= '~' || value >= 0xa1 && value <= 0xac || value >= 0xae;
  }
}
