package dev.assay.leaderboard.site.folder;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Takes what a user added to a site ({@code CNAME}, {@code .well-known/} …) along to the next one.
 *
 * @param own what is not the user's
 */
record UserFiles(OwnFiles own) {
  /**
   * Copies the user's files and folders, links as links. What is there already is left as it is.
   *
   * @throws IOException if a file cannot be copied, or a folder of the user's has the name of a
   *     file of the site, or the other way round
   */
  void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            if (!folder.equals(from) && isEmpty(folder)) {
              Files.createDirectories(place(to, from.relativize(folder), true));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!own.contains(OwnFiles.name(from, file))) {
              take(file, place(to, from.relativize(file), false));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (var content = Files.newDirectoryStream(folder)) {
      return !content.iterator().hasNext();
    }
  }

  private static void take(Path file, Path to) throws IOException {
    if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.createDirectories(to.getParent());
    if (!Files.isSymbolicLink(file)) {
      try {
        // Neither time nor disk, however large.
        Files.createLink(to, file);
        return;
      } catch (IOException | UnsupportedOperationException e) {
        // Not every file system has links.
      }
    }
    Files.copy(file, to, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
  }

  /** Where something of the user's goes, unless something of the site's is in the way. */
  private static Path place(Path to, Path relative, boolean folder) throws IOException {
    Path place = to;
    for (Path part : relative) {
      if (Files.exists(place, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(place)) {
        throw new IOException(
            relative + " has the place of the site's " + to.relativize(place) + "; move it away");
      }
      place = place.resolve(part.toString());
    }
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)
        && Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS) != folder) {
      throw new IOException(relative + " has the place of one of the site's; move it away");
    }
    return place;
  }
}
