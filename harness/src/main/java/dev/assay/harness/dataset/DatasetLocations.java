package dev.assay.harness.dataset;

import dev.assay.engine.hub.HubSettings;
import dev.assay.harness.cache.CacheHome;
import java.io.File;
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
 * @param hub how the Hugging Face hub is reached
 */
public record DatasetLocations(List<Path> directories, Path cache, HubSettings hub) {
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
    return new DatasetLocations(
        directories,
        CacheHome.of(environment, home).resolve("datasets"),
        HubSettings.fromEnvironment(environment, home));
  }

  /** The same, with directories that are searched before all others. */
  public DatasetLocations withDirectories(List<Path> first) {
    List<Path> all = new ArrayList<>(first);
    all.addAll(directories);
    return new DatasetLocations(all, cache, hub);
  }
}
