package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.BadInputException;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * Where a server is and how it is spoken to.
 *
 * @param base its base address, up to and including the version, without a slash at the end: {@code
 *     https://api.openai.com/v1}; with a key https, but to this machine itself
 * @param key what it knows us by
 * @param stream whether answers are asked for piece by piece, which keeps connections alive where a
 *     proxy cuts silent ones
 * @param patience what happens after a failure
 */
public record ChatServer(URI base, ApiKey key, boolean stream, Patience patience) {
  /** OpenAI's own. */
  public static final String OPENAI = "https://api.openai.com/v1";

  // By how it is written: a name that leads to this machine today may not do so tomorrow.
  private static final Pattern LOOPBACK =
      Pattern.compile("(?i)localhost|127(\\.\\d{1,3}){3}|\\[::1]");

  public ChatServer {
    boolean web = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
    boolean bare =
        base.getRawUserInfo() == null && base.getRawQuery() == null && base.getFragment() == null;
    if (!web || base.getHost() == null || !bare) {
      // Not shown, as a key may be part of it.
      throw new BadInputException(
          "baseUrl: found what is no plain address, expected one such as "
              + OPENAI
              + ", without user, password or query");
    }
    if (!"https".equals(base.getScheme())
        && key.authorization().isPresent()
        && !LOOPBACK.matcher(base.getHost()).matches()) {
      throw new BadInputException(
          "baseUrl: found an address of http on another machine, expected one of https, as "
              + key
              + " would be sent in the clear; without a key, or to this machine, http will do");
    }
    base = URI.create(base.toString().replaceFirst("/+$", ""));
  }

  /**
   * A server.
   *
   * @param base its address
   * @param key what it knows us by
   * @throws BadInputException if that is no plain address
   */
  public static ChatServer at(String base, ApiKey key) {
    try {
      return new ChatServer(URI.create(base.strip()), key, false, Patience.DEFAULT);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("baseUrl: found what is no address, expected " + OPENAI);
    }
  }

  /** Whose answers come piece by piece. */
  public ChatServer streaming() {
    return new ChatServer(base, key, true, patience);
  }

  /** With another patience. */
  public ChatServer with(Patience other) {
    return new ChatServer(base, key, stream, other);
  }

  URI completions() {
    return URI.create(base + "/chat/completions");
  }
}
