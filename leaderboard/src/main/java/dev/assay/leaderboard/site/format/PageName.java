package dev.assay.leaderboard.site.format;

import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/** File names for ids that may hold anything. */
public final class PageName {
  // Lower case only, as some file systems do not tell cases apart.
  private static final Pattern PLAIN = Pattern.compile("[a-z0-9][a-z0-9_-]{0,99}");
  private static final int DIGITS = 24;

  private PageName() {}

  /**
   * The id itself where it is plain (lower-case letters, digits, {@code _} and {@code -}), else
   * {@code x-} and a hash of it; never a path and never a reserved name.
   */
  public static String of(String id) {
    if (PLAIN.matcher(id).matches() && !id.startsWith("x-")) {
      return id;
    }
    return "x-" + DigestUtils.sha256Hex(id).substring(0, DIGITS);
  }
}
