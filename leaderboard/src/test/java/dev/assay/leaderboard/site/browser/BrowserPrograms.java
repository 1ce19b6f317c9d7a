package dev.assay.leaderboard.site.browser;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A browser and what drives it.
 *
 * @param browser a Chromium or a Chrome
 * @param driver its chromedriver
 */
record BrowserPrograms(Path browser, Path driver) {
  static final List<String> BROWSERS =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");
  private static final List<String> DRIVERS = List.of("chromedriver", "chromium.chromedriver");

  /** Where distributions put the driver without linking it into the path. */
  private static final List<Path> DRIVERS_PLACES =
      List.of(Path.of("/usr/lib/chromium"), Path.of("/usr/lib/chromium-browser"));

  /** The first browser and the first driver on the path; empty where one of them is missing. */
  static Optional<BrowserPrograms> find() {
    String path = System.getenv().getOrDefault("PATH", "");
    return find(
        Arrays.stream(path.split(File.pathSeparator))
            .filter(entry -> !entry.isBlank())
            .map(Path::of)
            .toList(),
        DRIVERS_PLACES);
  }

  /**
   * @param path directories that are searched, in this order for each name
   * @param places further ones for the driver
   */
  static Optional<BrowserPrograms> find(List<Path> path, List<Path> places) {
    List<Path> forDriver = Stream.concat(path.stream(), places.stream()).toList();
    return first(path, BROWSERS)
        .flatMap(
            browser ->
                first(forDriver, DRIVERS).map(driver -> new BrowserPrograms(browser, driver)));
  }

  private static Optional<Path> first(List<Path> directories, List<String> names) {
    return names.stream()
        .flatMap(name -> directories.stream().map(directory -> directory.resolve(name)))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }
}
