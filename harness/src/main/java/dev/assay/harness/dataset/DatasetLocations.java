package dev.assay.harness.dataset;

import dev.assay.harness.cache.CacheHome;
import dev.assay.harness.hub.HubSettings;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Where datasets that no dependency carries are looked for.
 *
 * @param directories the user's own, searched first, in this order
 * @param cache where downloads are kept
 * @param hub base address of the Hugging Face hub
 * @param offline whether nothing may be downloaded
 */
public record DatasetLocations(List<Path> directories, Path cache, URI hub, boolean offline) {
  public DatasetLocations {
    directories = List.copyOf(directories);
  }

  /**
   * Reads {@code ASSAY_DATASETS} (directories, separated as in {@code PATH}), the variables of
   * {@link CacheHome}, and those of {@link HubSettings}.
   */
  public static DatasetLocations fromEnvironment(Map<String, String> environment, Path home) {
    List<Path> directories =
        Arrays.stream(environment.getOrDefault("ASSAY_DATASETS", "").split(File.pathSeparator))
            .filter(entry -> !entry.isBlank())
            .map(Path::of)
            .toList();
    HubSettings hub = HubSettings.fromEnvironment(environment, home);
    return new DatasetLocations(
        directories,
        CacheHome.of(environment, home).resolve("datasets"),
        hub.endpoint(),
        hub.offline());
  }

  /** The same, with directories that are searched before all others. */
  public DatasetLocations withDirectories(List<Path> first) {
    List<Path> all = new ArrayList<>(first);
    all.addAll(directories);
    return new DatasetLocations(all, cache, hub, offline);
  }
}
