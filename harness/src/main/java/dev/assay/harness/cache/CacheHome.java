package dev.assay.harness.cache;

import java.nio.file.Path;
import java.util.Map;

/** The directory of the cache where the command line names none. */
public final class CacheHome {
  private CacheHome() {}

  /**
   * {@code ASSAY_CACHE}, or {@code assay} in {@code XDG_CACHE_HOME} or in {@code .cache} of the
   * user's home.
   *
   * @param environment variables of the environment
   * @param home the user's home
   */
  public static Path of(Map<String, String> environment, Path home) {
    String own = environment.getOrDefault("ASSAY_CACHE", "");
    if (!own.isBlank()) {
      return Path.of(own);
    }
    // The XDG specification has relative paths ignored.
    Path xdg = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
    return (xdg.isAbsolute() ? xdg : home.resolve(".cache")).resolve("assay");
  }
}
