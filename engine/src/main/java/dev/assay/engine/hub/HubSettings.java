package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the Hugging Face hub is reached.
 *
 * @param endpoint its base address, without a slash at the end
 * @param offline whether nothing may be asked of it
 * @param cache directory of the cache that all its clients share
 * @param token what a request for private or gated files is authorised with; null for none
 * @param retries what happens after a failure
 */
public record HubSettings(
    URI endpoint, boolean offline, Path cache, @Nullable String token, RetryPolicy retries) {
  private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
  private static final Set<String> TRUE = Set.of("1", "on", "yes", "true");

  public HubSettings {
    boolean web = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
    if (!web || endpoint.getHost() == null) {
      throw new BadInputException(
          "HF_ENDPOINT: found '" + endpoint + "', expected an address that starts with https://");
    }
    // The token itself is never shown.
    if (token != null && !token.matches("[!-~]+")) {
      throw new BadInputException(
          "HF_TOKEN: found spaces or characters that are not ASCII, expected a token of the hub");
    }
  }

  /**
   * Reads {@code HF_ENDPOINT}, {@code HF_HUB_OFFLINE}, {@code HF_HUB_CACHE}, {@code HF_HOME},
   * {@code XDG_CACHE_HOME}, {@code HF_TOKEN} and {@code HF_TOKEN_PATH} in the meaning that the
   * hub's own client gives them.
   *
   * @param environment variables of the environment
   * @param home the user's home
   */
  public static HubSettings fromEnvironment(Map<String, String> environment, Path home) {
    Path ofHub = hubHome(environment, home);
    String offline =
        first(environment, "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE").toLowerCase(Locale.ROOT);
    String cache = first(environment, "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE");
    return new HubSettings(
        address(environment.getOrDefault("HF_ENDPOINT", "")),
        TRUE.contains(offline),
        cache.isBlank() ? ofHub.resolve("hub") : inHome(cache, home),
        token(environment, ofHub, home),
        RetryPolicy.DEFAULT);
  }

  private static Path hubHome(Map<String, String> environment, Path home) {
    String own = first(environment, "HF_HOME");
    if (!own.isBlank()) {
      return inHome(own, home);
    }
    String caches = first(environment, "XDG_CACHE_HOME");
    return (caches.isBlank() ? home.resolve(".cache") : inHome(caches, home))
        .resolve("huggingface");
  }

  private static @Nullable String token(Map<String, String> environment, Path ofHub, Path home) {
    String given = first(environment, "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN");
    if (given.isBlank()) {
      String named = first(environment, "HF_TOKEN_PATH");
      Path file = named.isBlank() ? ofHub.resolve("token") : inHome(named, home);
      try {
        given = Files.isRegularFile(file) ? Files.readString(file) : "";
      } catch (IOException e) {
        throw new BadInputException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }
    return given.isBlank() ? null : given.strip();
  }

  private static URI address(String written) {
    String address = written.isBlank() ? DEFAULT_ENDPOINT : written.strip();
    try {
      return URI.create(address.replaceFirst("/+$", ""));
    } catch (IllegalArgumentException e) {
      throw new BadInputException("HF_ENDPOINT: found '" + address + "', expected an address", e);
    }
  }

  private static String first(Map<String, String> environment, String... names) {
    return Stream.of(names)
        .map(name -> environment.getOrDefault(name, ""))
        .filter(value -> !value.isBlank())
        .findFirst()
        .orElse("");
  }

  private static Path inHome(String path, Path home) {
    return path.startsWith("~/") ? home.resolve(path.substring(2)) : Path.of(path);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return endpoint + (offline ? ", offline" : "") + ", cache " + cache;
  }
}
