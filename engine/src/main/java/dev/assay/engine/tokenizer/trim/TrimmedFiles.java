package dev.assay.engine.tokenizer.trim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The files of a tokenizer in a directory. {@code tokenizer.json} says all; what says a part of it
 * again is written anew, and SentencePiece's own files go, which would say something else.
 *
 * @param directory where they stand
 */
public record TrimmedFiles(Path directory) {
  private static final String TOKENIZER = "tokenizer.json";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String ADDED = "added_tokens.json";
  private static final String DECODER = "added_tokens_decoder";

  /** The same vocabulary and merges under the names of today and of GPT-2. */
  private static final Map<String, String> BYTE_PAIRS =
      Map.of("vocab.json", "merges.txt", "encoder.json", "vocab.bpe");

  private static final String WORDS = "vocab.txt";
  private static final List<String> SENTENCE_PIECE = List.of("tokenizer.model", "spiece.model");
  private static final String SPECIAL = "special_tokens_map.json";

  /** Tokens that the files beside {@code tokenizer.json} give a role, by their contents. */
  public Set<String> special() {
    Set<String> special = new TreeSet<>();
    for (String file : List.of(CONFIG, SPECIAL)) {
      if (has(file)) {
        for (Map.Entry<String, JsonNode> entry : JsonFiles.read(path(file)).properties()) {
          if (entry.getKey().endsWith("_token") || entry.getKey().endsWith("_special_tokens")) {
            content(entry.getValue(), special);
          }
        }
      }
    }
    return special;
  }

  private static void content(JsonNode token, Set<String> contents) {
    if (token.isTextual()) {
      contents.add(token.asText());
    } else if (token.has("content")) {
      contents.add(token.path("content").asText());
    } else {
      token.forEach(each -> content(each, contents));
    }
  }

  /**
   * Writes all of them anew.
   *
   * @param tokenizer what they said
   * @param kept the tokens that stay
   */
  public void write(TrimmableTokenizer tokenizer, KeptIds kept) throws IOException {
    ObjectNode cut = tokenizer.cut(kept);
    Files.write(path(TOKENIZER), JsonFiles.compact(cut));
    if (has(CONFIG)) {
      ObjectNode config = JsonFiles.read(path(CONFIG));
      if (config.path(DECODER) instanceof ObjectNode decoder) {
        config.set(DECODER, decoder(decoder, kept));
      }
      JsonFiles.write(path(CONFIG), config);
    }
    if (has(ADDED)) {
      ObjectNode added = JsonNodeFactory.instance.objectNode();
      JsonFiles.read(path(ADDED))
          .properties()
          .forEach(
              token ->
                  kept.find(token.getValue().asInt())
                      .ifPresent(id -> added.put(token.getKey(), id)));
      JsonFiles.write(path(ADDED), added);
    }
    JsonNode model = cut.path("model");
    for (Map.Entry<String, String> pair : BYTE_PAIRS.entrySet()) {
      if (has(pair.getKey()) && has(pair.getValue())) {
        Files.write(path(pair.getKey()), JsonFiles.compact(model.path("vocab")));
        Files.writeString(path(pair.getValue()), merges(model.path("merges")));
      }
    }
    if (has(WORDS)) {
      List<String> lines = new ArrayList<>();
      model.path("vocab").properties().forEach(token -> lines.add(token.getKey()));
      Files.writeString(path(WORDS), String.join("\n", lines) + "\n");
    }
    for (String file : SENTENCE_PIECE) {
      Files.deleteIfExists(path(file));
    }
  }

  /** The keys are ids. */
  private static ObjectNode decoder(ObjectNode decoder, KeptIds kept) {
    ObjectNode other = JsonNodeFactory.instance.objectNode();
    decoder
        .properties()
        .forEach(
            token ->
                kept.find(Integer.parseInt(token.getKey()))
                    .ifPresent(id -> other.set(id.toString(), token.getValue())));
    return other;
  }

  private static String merges(JsonNode merges) {
    StringBuilder lines = new StringBuilder("#version: 0.2\n");
    for (JsonNode merge : merges) {
      lines
          .append(
              merge.isArray()
                  ? merge.path(0).asText() + " " + merge.path(1).asText()
                  : merge.asText())
          .append('\n');
    }
    return lines.toString();
  }

  private boolean has(String file) {
    return Files.isRegularFile(path(file));
  }

  private Path path(String file) {
    return directory.resolve(file);
  }
}
