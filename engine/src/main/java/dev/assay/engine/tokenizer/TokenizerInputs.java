package dev.assay.engine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.ForeignJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;

/** The tokenizer files of a checkpoint; keeps the hashes of those that were read. */
final class TokenizerInputs {
  /** The largest published ones have about 35 MB. */
  private static final long LARGEST = 256L << 20;

  private final Path directory;
  private final Map<String, String> hashes = new TreeMap<>();

  TokenizerInputs(Path directory) {
    this.directory = directory;
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  boolean has(String name) {
    return Files.isRegularFile(path(name));
  }

  byte[] bytes(String name) {
    Path path = path(name);
    try {
      long size = Files.size(path);
      if (size > LARGEST) {
        throw new BadInputException(
            path + ": found " + size + " bytes, expected a tokenizer of at most " + LARGEST);
      }
      byte[] content = Files.readAllBytes(path);
      hashes.put(name, DigestUtils.sha256Hex(content));
      return content;
    } catch (IOException e) {
      throw new BadInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  String text(String name) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(name))).toString();
    } catch (CharacterCodingException e) {
      throw new BadInputException(path(name) + ": found bytes that are no UTF-8, expected text", e);
    }
  }

  /** The object in a file; a missing node where there is no such file. */
  JsonNode objectIfPresent(String name) {
    return has(name) ? object(name) : MissingNode.getInstance();
  }

  JsonNode object(String name) {
    return object(path(name).toString(), bytes(name));
  }

  static JsonNode object(String name, byte[] content) {
    return object(name, ForeignJson.read(name, content));
  }

  private static JsonNode object(String name, ForeignJson json) {
    if (!json.root().isObject()) {
      throw new BadInputException(name + ": found no JSON object, expected one");
    }
    return json.root();
  }

  /**
   * A file's object as a text that the tokenizers library takes, which is stricter than Python.
   *
   * @throws BadInputException if it has a number that is not finite, for which JSON has no words
   */
  String strictText(String name) {
    byte[] content = bytes(name);
    ForeignJson json = ForeignJson.read(path(name).toString(), content);
    JsonNode root = object(path(name).toString(), json);
    if (json.plain()) {
      return new String(content, StandardCharsets.UTF_8);
    }
    requireFinite(path(name), "", root);
    return root.toString();
  }

  private static void requireFinite(Path file, String key, JsonNode node) {
    if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
      throw new BadInputException(
          "%s: key %s: found %s, expected a finite number, as the tokenizers library takes no other"
              .formatted(file, key, node.asText()));
    }
    String prefix = key.isEmpty() ? "" : key + ".";
    node.properties().forEach(each -> requireFinite(file, prefix + each.getKey(), each.getValue()));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      requireFinite(file, key + "[" + i + "]", node.get(i));
    }
  }

  /** The hash of a file that was read. */
  String sha256(String name) {
    return Objects.requireNonNull(hashes.get(name), name);
  }

  /** One hash for all files that were read: that of a line {@code hash name} for each. */
  String sha256() {
    StringBuilder lines = new StringBuilder();
    hashes.forEach((name, hash) -> lines.append(hash).append("  ").append(name).append('\n'));
    return DigestUtils.sha256Hex(lines.toString());
  }
}
