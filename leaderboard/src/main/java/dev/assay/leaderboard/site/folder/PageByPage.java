package dev.assay.leaderboard.site.folder;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Publishes a site where its folder cannot change places with another, as with a mount point. Each
 * file is replaced in one step, the pages that link to others after those and the front page last;
 * only then what is no longer needed goes. So every page is whole and every link leads somewhere at
 * any time, and what was broken off the next report brings to its end.
 *
 * @param former the files of the site that stands there
 * @param next the files of the one to come
 */
record PageByPage(OwnFiles former, OwnFiles next) {
  private static final String UNFINISHED = ".assay-new";
  private static final List<String> LAST = List.of("index.html", "methodology.html");

  void publish(Path staging, Path site) throws IOException {
    OwnFiles.deleteUnfinishedMarkers(site);
    former.and(next).mark(site);
    for (String path : inOrder()) {
      Path file = site.resolve(path);
      Files.createDirectories(file.getParent());
      Path beside = file.resolveSibling("." + file.getFileName() + UNFINISHED);
      Files.copy(staging.resolve(path), beside, StandardCopyOption.REPLACE_EXISTING);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    for (String path : former.and(next).paths()) {
      Path file = site.resolve(path);
      Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + UNFINISHED));
      if (!next.contains(path)) {
        Files.deleteIfExists(file);
        deleteEmpty(Path.of(path), site);
      }
    }
    next.mark(site);
  }

  private List<String> inOrder() {
    List<String> paths = new ArrayList<>(new TreeSet<>(next.paths()));
    paths.sort(
        Comparator.comparing((String path) -> path.endsWith(".html"))
            .thenComparing(path -> LAST.contains(path))
            .thenComparing(path -> path.equals(LAST.get(0))));
    return paths;
  }

  /** The folders of the site that a file was in, from within, up to one that holds others. */
  private static void deleteEmpty(Path file, Path site) throws IOException {
    for (Path each = file.getParent(); each != null; each = each.getParent()) {
      try {
        Files.delete(site.resolve(each));
      } catch (DirectoryNotEmptyException e) {
        return;
      } catch (NoSuchFileException e) {
        // With a file before.
      }
    }
  }
}
