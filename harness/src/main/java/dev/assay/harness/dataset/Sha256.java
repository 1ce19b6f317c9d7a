package dev.assay.harness.dataset;

import org.apache.commons.codec.digest.DigestUtils;

/** The hash that names texts and token ids. */
public final class Sha256 {
  private Sha256() {}

  /** In lower-case hex. */
  public static String of(byte[] content) {
    return DigestUtils.sha256Hex(content);
  }
}
