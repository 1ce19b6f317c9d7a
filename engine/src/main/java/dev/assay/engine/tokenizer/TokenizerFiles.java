package dev.assay.engine.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What Assay itself needs to know from the tokenizer files of a checkpoint; the rest is read by the
 * tokenizers library.
 *
 * @param path {@code tokenizer.json}
 * @param json its text
 * @param sha256 of its bytes, in hex
 * @param ids token to id, added tokens included
 * @param addBos {@code add_bos_token}, empty where it is not stated
 */
record TokenizerFiles(
    Path path,
    String json,
    String sha256,
    Map<String, Long> ids,
    OptionalLong bosId,
    OptionalLong eosId,
    Optional<Boolean> addBos) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static TokenizerFiles read(Path directory) {
    Path path = directory.resolve("tokenizer.json");
    if (!Files.isRegularFile(path)) {
      throw new BadInputException(
          path + ": no such file; expected the checkpoint's tokenizer in Hugging Face's format");
    }
    byte[] content = bytes(path);
    Path configPath = directory.resolve("tokenizer_config.json");
    JsonNode config =
        Files.isRegularFile(configPath)
            ? tree(configPath, bytes(configPath))
            : MissingNode.getInstance();
    return of(path, content, configPath, config);
  }

  /** From the content of both files. */
  static TokenizerFiles of(Path path, byte[] content, Path configPath, JsonNode config) {
    Map<String, Long> ids = ids(path, tree(path, content));
    JsonNode addBos = config.path("add_bos_token");
    return new TokenizerFiles(
        path,
        new String(content, StandardCharsets.UTF_8),
        sha256(content),
        ids,
        special(configPath, config, "bos_token", ids),
        special(configPath, config, "eos_token", ids),
        addBos.isBoolean() ? Optional.of(addBos.booleanValue()) : Optional.empty());
  }

  private static Map<String, Long> ids(Path path, JsonNode root) {
    Map<String, Long> ids = new HashMap<>();
    JsonNode vocabulary = root.path("model").path("vocab");
    if (vocabulary.isObject()) {
      vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), entry.getValue().asLong()));
    } else if (vocabulary.isArray()) {
      // Unigram models list [piece, score] in the order of their ids.
      for (int i = 0; i < vocabulary.size(); i++) {
        ids.put(vocabulary.get(i).path(0).asText(), (long) i);
      }
    } else {
      throw new BadInputException(
          path
              + ": key model.vocab: found "
              + vocabulary.getNodeType().name().toLowerCase(Locale.ROOT)
              + ", expected an object or an array of tokens");
    }
    for (JsonNode token : root.path("added_tokens")) {
      ids.put(token.path("content").asText(), token.path("id").asLong());
    }
    return ids;
  }

  /** A special token is named by its text, or by an object that holds the text as its content. */
  private static OptionalLong special(
      Path path, JsonNode config, String key, Map<String, Long> ids) {
    JsonNode node = config.path(key);
    if (node.isMissingNode() || node.isNull()) {
      return OptionalLong.empty();
    }
    String token = (node.isObject() ? node.path("content") : node).asText();
    Long id = ids.get(token);
    if (id == null) {
      throw new BadInputException(
          path + ": key " + key + ": found '" + token + "', expected a token of tokenizer.json");
    }
    return OptionalLong.of(id);
  }

  private static byte[] bytes(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new BadInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static JsonNode tree(Path path, byte[] content) {
    try {
      JsonNode root = JSON.readTree(content);
      if (!root.isObject()) {
        throw new BadInputException(path + ": found no JSON object, expected one");
      }
      return root;
    } catch (JsonProcessingException e) {
      throw new BadInputException(
          path
              + ": line "
              + e.getLocation().getLineNr()
              + ": not valid JSON: "
              + e.getOriginalMessage(),
          e);
    } catch (IOException e) {
      throw new BadInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
