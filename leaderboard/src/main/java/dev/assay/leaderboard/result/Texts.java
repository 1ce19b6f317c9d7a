package dev.assay.leaderboard.result;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Holds the texts of a result file to what can be written again. */
final class Texts {
  private final Path file;

  private Texts(Path file) {
    this.file = file;
  }

  /**
   * Checks all texts and keys.
   *
   * @throws IOException if one holds half a character, which JSON can escape but no page can show;
   *     the message names the file and the key
   */
  static void check(Path file, JsonNode tree) throws IOException {
    new Texts(file).check("", tree);
  }

  private void check(String key, JsonNode node) throws IOException {
    if (node.isTextual()) {
      whole(key, node.textValue());
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      check(key + "[" + i + "]", node.get(i));
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      whole(key, field.getKey());
      check(key.isEmpty() ? field.getKey() : key + "." + field.getKey(), field.getValue());
    }
  }

  private void whole(String key, String text) throws IOException {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IOException(
          "%s: %s: not a result file: found half of a surrogate pair, expected whole characters"
              .formatted(file, key));
    }
  }
}
