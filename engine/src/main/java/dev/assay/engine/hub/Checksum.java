package dev.assay.engine.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The hash of a file's content that the hub has as its tag: sha256 for large files, and for small
 * ones that of git, the sha1 over {@code blob}, a space, the size, a zero byte and the content.
 */
final class Checksum {
  private static final int SHA256_DIGITS = 64;

  private Checksum() {}

  /** Whether a tag is the hash of the content. */
  static boolean known(String etag) {
    return etag.matches("[0-9a-f]{40}|[0-9a-f]{64}");
  }

  /** The hash of a file, of the kind that a tag has. */
  static String of(Path file, String etag) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Hex.encodeHexString(DigestUtils.digest(begun(file, etag), in));
    }
  }

  private static MessageDigest begun(Path file, String etag) throws IOException {
    if (etag.length() == SHA256_DIGITS) {
      return DigestUtils.getSha256Digest();
    }
    String head = "blob " + Files.size(file) + "\0";
    return DigestUtils.updateDigest(
        DigestUtils.getSha1Digest(), head.getBytes(StandardCharsets.US_ASCII));
  }
}
