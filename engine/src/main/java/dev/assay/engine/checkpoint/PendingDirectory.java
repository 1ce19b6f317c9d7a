package dev.assay.engine.checkpoint;

import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/** A hidden directory that is renamed to its target in one step when it is complete. */
final class PendingDirectory implements AutoCloseable {
  private final Path parent;
  private final Path target;
  private final Path pending;

  private PendingDirectory(Path parent, Path target, Path pending) {
    this.parent = parent;
    this.target = target;
    this.pending = pending;
  }

  /** Creates it beside the target, on the same file system. */
  static PendingDirectory create(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    requireAbsent(absolute);
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    if (parent == null || name == null) {
      throw new BadCheckpointException(target + ": found the root, expected a new directory");
    }
    Files.createDirectories(parent);
    Path pending = parent.resolve("." + name + ".partial-" + UUID.randomUUID());
    return new PendingDirectory(parent, absolute, Files.createDirectory(pending));
  }

  Path resolve(String name) {
    return pending.resolve(name);
  }

  /** Forces the content to the disk and renames. */
  void publish() throws IOException {
    try (Stream<Path> files = Files.list(pending)) {
      for (Path file : files.toList()) {
        force(file, StandardOpenOption.WRITE);
      }
    }
    forceDirectory(pending);
    requireAbsent(target);
    Files.move(pending, target, StandardCopyOption.ATOMIC_MOVE);
    forceDirectory(parent);
  }

  private static void requireAbsent(Path target) {
    if (Files.exists(target)) {
      throw new BadCheckpointException(target + ": exists already, expected a new directory");
    }
  }

  /** Directories can be forced where they can be opened, which is on POSIX systems. */
  private static void forceDirectory(Path directory) throws IOException {
    FileStore store = Files.getFileStore(directory);
    if (store.supportsFileAttributeView("posix")) {
      force(directory, StandardOpenOption.READ);
    }
  }

  private static void force(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }

  /** Deletes the directory if it was not published. */
  @Override
  public void close() throws IOException {
    if (Files.exists(pending)) {
      PathUtils.deleteDirectory(pending);
    }
  }
}
