package dev.assay.engine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How many bytes of UTF-8 of a text each token stands for. Of byte-level vocabularies that is exact
 * even where a token is a part of a character; of SentencePiece's a mark for a space is one byte,
 * and so is what stands for a byte. A text that the tokenizer changes first, as by a normal form of
 * Unicode, counts as it is then.
 */
public final class TokenBytes {
  private static final int UNKNOWN = -1;

  /** Bytes by id. */
  private final int[] bytes;

  private TokenBytes(int[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The bytes of a tokenizer's tokens.
   *
   * @param name of what it comes from, for messages
   * @param json the text of a {@code tokenizer.json}
   */
  static TokenBytes of(String name, String json) {
    JsonNode root = TokenizerInputs.object(name, json.getBytes(StandardCharsets.UTF_8));
    Map<String, Long> ids = TokenizerDescription.ids(name, root);
    int size = ids.values().stream().mapToInt(id -> Math.toIntExact(id) + 1).max().orElse(0);
    int[] bytes = new int[size];
    Arrays.fill(bytes, UNKNOWN);
    TokenizerKind kind = TokenizerKind.of(root);
    Map<String, Long> pieces = new HashMap<>(ids);
    for (JsonNode added : root.path("added_tokens")) {
      String content = added.path("content").asText();
      Long id = pieces.remove(content);
      if (id != null) {
        bytes[id.intValue()] = utf8(content);
      }
    }
    pieces.forEach((piece, id) -> bytes[id.intValue()] = of(kind, piece));
    if (!kind.byteLevel()) {
      // It stands for whatever the vocabulary lacks, and not for its own name.
      kind.unknown(ids).ifPresent(id -> bytes[(int) id] = UNKNOWN);
    }
    return new TokenBytes(bytes);
  }

  private static int of(TokenizerKind kind, String piece) {
    if (!kind.spells()) {
      return UNKNOWN;
    }
    if (kind.byteLevel()) {
      return piece.codePointCount(0, piece.length());
    }
    if (kind.byteFallback() && TokenizerKind.isByte(piece)) {
      return 1;
    }
    return utf8(kind.marksSpaces() ? piece.replace(TokenizerKind.SPACE, " ") : piece);
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * The bytes that a token stands for.
   *
   * @return nothing where the vocabulary does not tell: of what is unknown to it, of pieces of
   *     words whose spaces are lost, and of ids without a token
   */
  public OptionalInt of(long id) {
    return id < 0 || id >= bytes.length || bytes[(int) id] == UNKNOWN
        ? OptionalInt.empty()
        : OptionalInt.of(bytes[(int) id]);
  }
}
