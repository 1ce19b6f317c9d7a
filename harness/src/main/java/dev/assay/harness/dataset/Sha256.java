package dev.assay.harness.dataset;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash that names texts and token ids. */
public final class Sha256 {
  private Sha256() {}

  /** In lower-case hex. */
  public static String of(byte[] content) {
    return HexFormat.of().formatHex(digest(content));
  }

  static byte[] digest(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
