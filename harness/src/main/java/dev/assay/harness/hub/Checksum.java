package dev.assay.harness.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The hash of a file's content that the hub has as its tag: sha256 for large files, and for small
 * ones that of git, the sha1 over {@code blob}, a space, the size, a zero byte and the content.
 */
final class Checksum {
  private static final int SHA256_DIGITS = 64;
  private static final int BUFFER = 1 << 20;

  private Checksum() {}

  /** Whether a tag is the hash of the content. */
  static boolean known(String etag) {
    return etag.matches("[0-9a-f]{40}|[0-9a-f]{64}");
  }

  /** The hash of a file, of the kind that a tag has. */
  static String of(Path file, String etag) throws IOException {
    MessageDigest digest = digest(etag.length() == SHA256_DIGITS ? "SHA-256" : "SHA-1");
    if (etag.length() != SHA256_DIGITS) {
      String head = "blob " + Files.size(file) + "\0";
      digest.update(head.getBytes(StandardCharsets.US_ASCII));
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
