package dev.assay.engine.structured;

import dev.assay.engine.config.InvalidValueException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A file of text that a recipe names.
 *
 * @param text its content
 * @param sha256 of its bytes, in hex
 */
record TextFile(String text, String sha256) {
  /**
   * Reads one.
   *
   * @param key that names it, for messages
   * @throws InvalidValueException if it is not there, or no UTF-8
   */
  static TextFile of(String key, Path path) {
    try {
      byte[] bytes = Files.readAllBytes(path);
      return new TextFile(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(),
          DigestUtils.sha256Hex(bytes));
    } catch (CharacterCodingException e) {
      throw new InvalidValueException(key, path + ", which is not UTF-8", "a text in UTF-8");
    } catch (IOException e) {
      throw new InvalidValueException(
          key,
          path + ", which cannot be read (" + e.getClass().getSimpleName() + ")",
          "a text in UTF-8");
    }
  }
}
