package dev.assay.leaderboard.site.format;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** File names for ids that may hold anything. */
public final class PageName {
  // Lower case only, as some file systems do not tell cases apart.
  private static final Pattern PLAIN = Pattern.compile("[a-z0-9][a-z0-9_-]{0,99}");

  private PageName() {}

  /**
   * The id itself where it is plain (lower-case letters, digits, {@code _} and {@code -}), else
   * {@code x-} and a hash of it; never a path and never a reserved name.
   */
  public static String of(String id) {
    if (PLAIN.matcher(id).matches() && !id.startsWith("x-")) {
      return id;
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
      return "x-" + HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
