package dev.assay.engine.export;

import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.apache.commons.io.output.CloseShieldOutputStream;

/** A hidden file that is renamed to its target in one step when it is complete. */
final class PendingFile implements AutoCloseable {
  private final Path target;
  private final Path pending;
  private final FileChannel channel;

  private PendingFile(Path target, Path pending) throws IOException {
    this.target = target;
    this.pending = pending;
    this.channel =
        FileChannel.open(pending, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Creates it beside the target, on the same file system. */
  static PendingFile create(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    requireAbsent(absolute);
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new BadCheckpointException(target + ": found the root, expected a new file");
    }
    Files.createDirectories(parent);
    String name = "." + absolute.getFileName() + ".partial-" + UUID.randomUUID();
    return new PendingFile(absolute, parent.resolve(name));
  }

  private static void requireAbsent(Path target) {
    if (Files.exists(target)) {
      throw new BadCheckpointException(target + ": exists already, expected a new file");
    }
  }

  /** Its content; closing the stream leaves the file open. */
  OutputStream stream() {
    return CloseShieldOutputStream.wrap(Channels.newOutputStream(channel));
  }

  void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Appends a part of another file. */
  void copy(Path from, long begin, long end) throws IOException {
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ)) {
      long position = begin;
      while (position < end) {
        long copied = in.transferTo(position, end - position, channel);
        if (copied <= 0) {
          throw new EOFException(from + " ends before byte " + end);
        }
        position += copied;
      }
    }
  }

  /** Forces the content to the disk and renames. */
  void publish() throws IOException {
    channel.force(true);
    channel.close();
    requireAbsent(target);
    Files.move(pending, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Deletes the file if it was not published. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(pending);
  }
}
