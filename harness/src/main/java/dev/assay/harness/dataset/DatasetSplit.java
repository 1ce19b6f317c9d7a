package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The text of one split, verified.
 *
 * @param dataset name
 * @param split name
 * @param text whole text
 * @param sha256 of the text in UTF-8, in hex
 * @param bytes length of the text in UTF-8
 */
public record DatasetSplit(String dataset, String split, String text, String sha256, long bytes) {

  /**
   * Decodes a text and checks that it is the one that was pinned.
   *
   * @param origin where the bytes were read, for the error
   * @throws BadInputException if the sha256 is another one, or the bytes are not UTF-8
   */
  static DatasetSplit verified(
      String dataset, DatasetInfo.Split pinned, byte[] content, String origin) {
    String found = DigestUtils.sha256Hex(content);
    if (!found.equals(pinned.sha256())) {
      throw new BadInputException(
          origin
              + ": dataset "
              + dataset
              + ", split "
              + pinned.name()
              + ": found sha256 "
              + found
              + " ("
              + content.length
              + " bytes), expected "
              + pinned.sha256()
              + " ("
              + pinned.bytes()
              + " bytes)");
    }
    return new DatasetSplit(dataset, pinned.name(), decode(content, origin), found, content.length);
  }

  private static String decode(byte[] content, String origin) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new BadInputException(origin + ": found bytes that are not UTF-8, expected UTF-8", e);
    }
  }
}
