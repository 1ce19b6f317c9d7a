package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;
import dev.assay.harness.cache.CacheHome;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Where datasets that no dependency carries are looked for.
 *
 * @param directories the user's own, searched first, in this order
 * @param cache where downloads are kept
 * @param hub base address of the Hugging Face hub
 * @param offline whether nothing may be downloaded
 */
public record DatasetLocations(List<Path> directories, Path cache, URI hub, boolean offline) {
  private static final String DEFAULT_HUB = "https://huggingface.co";
  private static final Set<String> TRUE = Set.of("1", "on", "yes", "true");

  public DatasetLocations {
    directories = List.copyOf(directories);
    if (!"http".equals(hub.getScheme()) && !"https".equals(hub.getScheme())) {
      throw new BadInputException(
          "HF_ENDPOINT: found '" + hub + "', expected an address that starts with https://");
    }
  }

  /**
   * Reads {@code ASSAY_DATASETS} (directories, separated as in {@code PATH}), the variables of
   * {@link CacheHome}, and {@code HF_ENDPOINT} and {@code HF_HUB_OFFLINE} in the meaning that the
   * hub's own client gives them.
   */
  public static DatasetLocations fromEnvironment(Map<String, String> environment, Path home) {
    List<Path> directories =
        Arrays.stream(environment.getOrDefault("ASSAY_DATASETS", "").split(File.pathSeparator))
            .filter(entry -> !entry.isBlank())
            .map(Path::of)
            .toList();
    String hub = environment.getOrDefault("HF_ENDPOINT", DEFAULT_HUB);
    String offline = environment.getOrDefault("HF_HUB_OFFLINE", "").toLowerCase(Locale.ROOT);
    return new DatasetLocations(
        directories,
        CacheHome.of(environment, home).resolve("datasets"),
        address(hub),
        TRUE.contains(offline));
  }

  /** The same, with directories that are searched before all others. */
  public DatasetLocations withDirectories(List<Path> first) {
    List<Path> all = new ArrayList<>(first);
    all.addAll(directories);
    return new DatasetLocations(all, cache, hub, offline);
  }

  private static URI address(String hub) {
    try {
      return URI.create(hub.replaceFirst("/+$", ""));
    } catch (IllegalArgumentException e) {
      throw new BadInputException("HF_ENDPOINT: found '" + hub + "', expected an address", e);
    }
  }
}
