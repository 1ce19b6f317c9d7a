package dev.assay.leaderboard.site.folder;

import dev.assay.leaderboard.file.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of a site that the generator made; any other file in its folder is the user's. The list
 * is in the folder itself, in the marker.
 *
 * @param paths relative to the site, parts joined by {@code /}
 */
record OwnFiles(Set<String> paths) {
  /** Marks a folder as made by the generator. */
  static final String MARKER = ".assay-site";

  private static final String HEADING =
      "Made by Assay. The next report replaces the files below; any other file here is kept.";

  /** What the marker of earlier versions says, which has no list. */
  private static final String FORMER_HEADING = "Made by Assay; replaced as a whole.";

  /** What {@link AtomicFile} leaves of a marker when the process dies. */
  private static final Pattern UNFINISHED_MARKER =
      Pattern.compile(Pattern.quote("." + MARKER + ".") + "[0-9a-f-]{36}");

  private static final Set<String> TOP =
      Set.of("index.html", "methodology.html", "cells", "data", "assets");
  private static final String GENERATOR = "<meta name=\"generator\" content=\"Assay ";

  OwnFiles {
    paths = Set.copyOf(paths);
  }

  /** Every file of a folder that the generator alone has written into. */
  static OwnFiles in(Path folder) throws IOException {
    return new OwnFiles(files(folder));
  }

  /**
   * What the generator made in a folder; nothing if that cannot be told, as there are files but
   * neither a marker nor a page of ours.
   */
  static Optional<OwnFiles> of(Path site) throws IOException {
    Path marker = site.resolve(MARKER);
    if (Files.isRegularFile(marker)) {
      String text = Files.readString(marker, StandardCharsets.UTF_8);
      return Optional.of(text.strip().equals(FORMER_HEADING) ? usual(site) : listed(text));
    }
    if (isEmpty(site)) {
      return Optional.of(new OwnFiles(Set.of()));
    }
    return isRemnant(site) ? Optional.of(usual(site)) : Optional.empty();
  }

  /** Nothing of an empty marker, with which a user has a site put among other files. */
  private static OwnFiles listed(String marker) {
    return new OwnFiles(
        marker
            .lines()
            .skip(1)
            .filter(line -> !line.isBlank())
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  /** Writes the list to a site's folder. */
  void mark(Path site) throws IOException {
    String text = HEADING + "\n" + String.join("\n", new TreeSet<>(paths)) + "\n";
    AtomicFile.write(site.resolve(MARKER), text.getBytes(StandardCharsets.UTF_8));
  }

  boolean contains(String path) {
    return isMarker(path) || paths.contains(path);
  }

  /** Whether a path is that of the marker, or of one that a report that was killed had begun. */
  private static boolean isMarker(String path) {
    return path.equals(MARKER) || UNFINISHED_MARKER.matcher(path).matches();
  }

  /** Deletes markers that reports that were killed had begun; none may be at work. */
  static void deleteUnfinishedMarkers(Path site) throws IOException {
    try (DirectoryStream<Path> begun =
        Files.newDirectoryStream(
            site, file -> UNFINISHED_MARKER.matcher(file.getFileName().toString()).matches())) {
      for (Path file : begun) {
        Files.delete(file);
      }
    }
  }

  OwnFiles and(OwnFiles others) {
    Set<String> both = new TreeSet<>(paths);
    both.addAll(others.paths);
    return new OwnFiles(both);
  }

  /** A file's name in the list. */
  static String name(Path site, Path file) {
    return site.relativize(file).toString().replace('\\', '/');
  }

  private static OwnFiles usual(Path site) throws IOException {
    Set<String> paths = files(site);
    paths.removeIf(path -> !TOP.contains(path.split("/", 2)[0]));
    return new OwnFiles(paths);
  }

  private static Set<String> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> name(folder, file))
          .filter(name -> !isMarker(name))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static boolean isEmpty(Path site) throws IOException {
    try (Stream<Path> content = Files.list(site)) {
      return content.findAny().isEmpty();
    }
  }

  /** Whether the pages of a folder without marker are ours: one of them, and the front page. */
  private static boolean isRemnant(Path site) throws IOException {
    Path front = site.resolve("index.html");
    if (Files.exists(front) && !isOurs(front)) {
      return false;
    }
    try (Stream<Path> pages = Files.walk(site, 2)) {
      return pages
          .filter(page -> TOP.contains(site.relativize(page).getName(0).toString()))
          .anyMatch(OwnFiles::isOurs);
    }
  }

  private static boolean isOurs(Path page) {
    if (!page.toString().endsWith(".html") || !Files.isRegularFile(page)) {
      return false;
    }
    try {
      return Files.readString(page, StandardCharsets.UTF_8).contains(GENERATOR);
    } catch (IOException e) {
      return false;
    }
  }
}
