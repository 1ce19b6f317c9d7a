package dev.assay.leaderboard.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/**
 * Where a site is written: first beside its place, then moved there as a whole, so that a failure
 * leaves the former site as it was. Only a folder that a site was made in before is replaced.
 */
final class SiteDirectory implements AutoCloseable {
  /** Marks a folder as made by the generator. */
  static final String MARKER = ".assay-site";

  private final Path target;
  private final Path staging;

  private SiteDirectory(Path target, Path staging) {
    this.target = target;
    this.staging = staging;
  }

  /**
   * @throws IOException if the target holds something that is no site
   */
  static SiteDirectory replacing(Path directory) throws IOException {
    Path target = directory.toAbsolutePath().normalize();
    if (Files.exists(target) && !isReplaceable(target)) {
      throw new IOException(
          target
              + ": found files that are no site; expected an empty folder or a site made before");
    }
    Path parent = target.getParent();
    if (parent == null) {
      throw new IOException(target + ": a site cannot take the place of a file system's root");
    }
    Files.createDirectories(parent);
    // Not a temporary directory of the library's, as nobody else could read the published folder.
    Path staging = parent.resolve("." + target.getFileName() + ".new");
    delete(staging);
    Files.createDirectory(staging);
    Files.writeString(staging.resolve(MARKER), "Made by Assay; replaced as a whole.\n");
    return new SiteDirectory(target, staging);
  }

  private static boolean isReplaceable(Path target) throws IOException {
    if (!Files.isDirectory(target)) {
      return false;
    }
    try (Stream<Path> content = Files.list(target)) {
      return Files.exists(target.resolve(MARKER)) || content.findAny().isEmpty();
    }
  }

  /** The folder to write into. */
  Path staging() {
    return staging;
  }

  /** Puts what was written in its place. */
  void publish() throws IOException {
    delete(target);
    Files.move(staging, target);
  }

  @Override
  public void close() throws IOException {
    delete(staging);
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      PathUtils.deleteDirectory(folder);
    }
  }
}
