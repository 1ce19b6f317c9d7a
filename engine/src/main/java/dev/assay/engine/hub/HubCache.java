package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;

/**
 * One repository's part of the cache that the hub's clients share: contents in {@code blobs/} under
 * their tags, {@code snapshots/<commit>/} with links to them, and what branches and tags stood for
 * in {@code refs/}.
 *
 * @param root directory of the cache
 * @param source a repository
 */
record HubCache(Path root, HubSource source) {
  private static final int LONGEST_REF = 1024;

  HubCache {
    root = root.toAbsolutePath().normalize();
  }

  Path directory() {
    return root.resolve(folder());
  }

  private String folder() {
    return source.kind().folder(source.repository());
  }

  Path blob(String etag) {
    return directory().resolve("blobs").resolve(etag);
  }

  Path lock(String etag) {
    return root.resolve(".locks").resolve(folder()).resolve(etag + ".lock");
  }

  Path ref(String revision) {
    return directory().resolve("refs").resolve(revision);
  }

  Path snapshot(String commit) {
    return directory().resolve("snapshots").resolve(commit);
  }

  /** What a revision stood for when it was last asked for. */
  Optional<String> commit(String revision) {
    if (HubReference.isCommit(revision)) {
      return Optional.of(revision);
    }
    Path ref = ref(revision);
    try {
      if (!Files.isRegularFile(ref) || Files.size(ref) > LONGEST_REF) {
        return Optional.empty();
      }
      return Optional.of(Files.readString(ref).strip()).filter(HubReference::isCommit);
    } catch (IOException e) {
      throw new BadInputException(ref + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Whether a snapshot has a file, of this size unless that is -1. */
  boolean has(String commit, String name, long size) throws IOException {
    return whole(snapshot(commit).resolve(name), size);
  }

  /** Whether there is a file, of this size unless that is -1. */
  static boolean whole(Path file, long size) throws IOException {
    return Files.isRegularFile(file) && (size < 0 || Files.size(file) == size);
  }

  /** Writes down what a revision stands for. */
  void remember(String revision, String commit) throws IOException {
    if (HubReference.isCommit(revision)) {
      return;
    }
    Path ref = ref(revision);
    Files.createDirectories(ref.getParent());
    Path part = besides(ref);
    Files.writeString(part, commit);
    Files.move(part, ref, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Puts a blob into a snapshot: by a relative link, or by a copy where the file system has none.
   *
   * @throws BadInputException if a link in the way leads out of the snapshot
   */
  void link(String commit, String name, String etag) throws IOException {
    Path folder = Files.createDirectories(snapshot(commit));
    Path entry = folder.resolve(name);
    Path inner = Path.of(name);
    for (int i = 0; i < inner.getNameCount() - 1; i++) {
      folder = folder.resolve(inner.getName(i));
      directory(folder);
    }
    Path part = besides(entry);
    try {
      Files.createSymbolicLink(part, folder.relativize(blob(etag)));
    } catch (UnsupportedOperationException e) {
      Files.copy(blob(etag), part);
    }
    Files.move(part, entry, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void directory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw new BadInputException(
            directory + ": found a link or a file, expected a directory of the snapshot", e);
      }
    }
  }

  private static Path besides(Path file) {
    return file.resolveSibling("." + UUID.randomUUID() + ".part");
  }
}
