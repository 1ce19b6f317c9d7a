package dev.assay.harness.cli;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.hub.HubSettings;
import dev.assay.harness.cache.CacheHome;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.run.cache.CacheInventory;
import dev.assay.harness.run.journal.ReportsDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where things are, the same for all verbs. */
final class Locations {
  @Option(
      names = "--reports",
      paramLabel = "DIR",
      defaultValue = "reports",
      description = "Runs, index and site (default: ${DEFAULT-VALUE}).")
  private Path reports = Path.of("reports");

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Artifacts and hashes; may be deleted at any time (default: $ASSAY_CACHE, or assay in"
              + " $XDG_CACHE_HOME, or ~/.cache/assay).")
  private @Nullable Path cache;

  @Option(
      names = "--datasets",
      paramLabel = "DIR",
      description = "Look for data sets here first; may be repeated. $ASSAY_DATASETS comes next.")
  private List<Path> datasets = new ArrayList<>();

  ReportsDirectory reports() {
    check();
    return new ReportsDirectory(reports);
  }

  Path artifacts() {
    return cache().resolve(CacheInventory.ARTIFACTS);
  }

  Path fingerprints() {
    return cache().resolve(CacheInventory.FINGERPRINTS);
  }

  List<Path> datasetPaths() {
    check();
    return List.copyOf(datasets);
  }

  DatasetRegistry datasets() {
    check();
    return DatasetRegistry.fromEnvironment(datasets);
  }

  /** Models of the hub are in the cache of its own clients. */
  static HubSettings hub() {
    return HubSettings.fromEnvironment(System.getenv(), userHome());
  }

  /** Before anything is written, as an empty path would be the current directory. */
  private void check() {
    directory("--reports", reports);
    if (cache != null) {
      directory("--cache", cache);
    }
    for (Path each : datasets) {
      directory("--datasets", each);
      if (!Files.isDirectory(each)) {
        throw new BadInputException(
            "--datasets: found '" + each + "', which is not there, expected a directory");
      }
    }
  }

  private static void directory(String option, Path path) {
    if (path.toString().isEmpty()) {
      throw new BadInputException(option + ": found '', expected the path of a directory");
    }
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw new BadInputException(option + ": found the file " + path + ", expected a directory");
    }
  }

  /** The cache that is Assay's own. */
  Path cache() {
    check();
    return cache == null ? CacheHome.of(System.getenv(), userHome()) : cache;
  }

  private static Path userHome() {
    return Path.of(System.getProperty("user.home"));
  }
}
