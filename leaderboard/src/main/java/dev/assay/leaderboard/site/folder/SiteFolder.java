package dev.assay.leaderboard.site.folder;

import dev.assay.leaderboard.file.FileMutex;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.io.file.PathUtils;
import org.apache.commons.io.file.StandardDeleteOption;

/**
 * Where a site is written: first beside its place, then put there in one step, so that a reader
 * meets the former site or the new one whole, whenever the process dies. Files that a user added
 * are taken along. One process at a time; the others wait.
 */
public final class SiteFolder implements AutoCloseable {
  private final Path target;
  private final Path staging;
  private final OwnFiles former;
  private final FileMutex mutex;

  private SiteFolder(Path target, Path staging, OwnFiles former, FileMutex mutex) {
    this.target = target;
    this.staging = staging;
    this.former = former;
    this.mutex = mutex;
  }

  /**
   * Begins a site that shall stand in a folder; absent, empty, or made by a report before.
   *
   * @throws IOException if something else is there, or nothing can be written beside it; the
   *     message says what to do
   */
  public static SiteFolder replacing(Path directory) throws IOException {
    Path target = resolved(directory);
    Path parent = target.getParent();
    if (parent == null) {
      throw new IOException(target + ": a site cannot take the place of a file system's root");
    }
    Files.createDirectories(parent);
    String name = "." + target.getFileName();
    FileMutex mutex = FileMutex.of(parent.resolve(name + ".lock"));
    try {
      OwnFiles former = former(target);
      deleteLeftovers(parent, name);
      // Not a temporary directory of the library's, as nobody else could read the published folder.
      Path staging = parent.resolve(name + ".new-" + UUID.randomUUID());
      Files.createDirectory(staging);
      return new SiteFolder(target, staging, former, mutex);
    } catch (IOException | RuntimeException e) {
      mutex.close();
      throw e;
    }
  }

  /** The folder to write into. */
  public Path staging() {
    return staging;
  }

  /** Puts what was written in its place. */
  public void publish() throws IOException {
    OwnFiles next = OwnFiles.in(staging);
    next.mark(staging);
    if (!Files.exists(target)) {
      Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    UserFiles users = new UserFiles(former);
    try {
      users.copy(target, staging);
    } catch (IOException e) {
      throw new IOException(target + ": " + e.getMessage(), e);
    }
    copyPermissions(target, staging);
    if (Exchange.of(staging, target)) {
      // What was added while the site was made.
      users.copy(staging, target);
    } else {
      new PageByPage(former, next).publish(staging, target);
    }
  }

  @Override
  public void close() throws IOException {
    try (mutex) {
      delete(staging);
    }
  }

  /** A link to a folder stays a link; the folder's content is what is replaced. */
  private static Path resolved(Path directory) throws IOException {
    Path target = directory.toAbsolutePath().normalize();
    if (!Files.isSymbolicLink(target)) {
      return target;
    }
    if (!Files.exists(target)) {
      throw new IOException(target + ": found a link that leads nowhere; delete it");
    }
    return target.toRealPath();
  }

  private static OwnFiles former(Path target) throws IOException {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return new OwnFiles(Set.of());
    }
    if (!Files.isDirectory(target)) {
      throw new IOException(
          target + ": found a file, expected the folder of a site; delete it or move it away");
    }
    return OwnFiles.of(target)
        .orElseThrow(
            () ->
                new IOException(
                    target
                        + ": found files that no report made, expected an empty folder or a site"
                        + " made before; delete the folder or move it away; or make an empty file "
                        + target.resolve(OwnFiles.MARKER)
                        + " to have a site put among them, over any index.html"));
  }

  private static void deleteLeftovers(Path parent, String name) throws IOException {
    // Of processes that died; we alone hold the mutex. Without number: of earlier versions.
    try (DirectoryStream<Path> content =
        Files.newDirectoryStream(
            parent,
            path -> {
              String each = path.getFileName().toString();
              return each.equals(name + ".new") || each.startsWith(name + ".new-");
            })) {
      for (Path leftover : content) {
        delete(leftover);
      }
    }
  }

  private static void copyPermissions(Path from, Path to) throws IOException {
    if (from.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      PathUtils.deleteDirectory(folder, StandardDeleteOption.OVERRIDE_READ_ONLY);
    }
  }
}
