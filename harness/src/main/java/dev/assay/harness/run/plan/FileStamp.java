package dev.assay.harness.run.plan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Tells cheaply whether files are still what they were. Size and time of modification do not: tools
 * set the time as they like, and weights of one architecture are of one size. The inode, and the
 * time at which it changed, which nobody can set, tell; so do some blocks of the content.
 *
 * @param text a hash of all that
 * @param changed when the last of the files changed; absent where the file system does not say
 */
record FileStamp(String text, @Nullable FileTime changed) {
  /** A change within a tick of the file system's clock is not seen. */
  private static final long TICK_MILLIS = 2_000;

  private static final int BLOCKS = 64;
  private static final int BLOCK_BYTES = 4_096;

  /**
   * The stamp of files; links are followed.
   *
   * @throws IOException if a file cannot be read
   */
  static FileStamp of(List<Path> files) throws IOException {
    StringBuilder text = new StringBuilder();
    FileTime latest = null;
    for (Path file : files) {
      text.append(file.getFileName()).append(' ').append(Files.size(file)).append(' ');
      text.append(Files.getLastModifiedTime(file)).append(' ').append(sample(file));
      if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
        Map<String, Object> inode = Files.readAttributes(file, "unix:dev,ino,ctime");
        FileTime changed = (FileTime) Objects.requireNonNull(inode.get("ctime"));
        text.append(' ').append(inode.get("dev")).append(' ').append(inode.get("ino"));
        text.append(' ').append(changed);
        latest = latest == null || changed.compareTo(latest) > 0 ? changed : latest;
      }
      text.append('\n');
    }
    return new FileStamp(
        DigestUtils.sha256Hex(text.toString().getBytes(StandardCharsets.UTF_8)), latest);
  }

  /** Whether a later change is sure to be seen, at a time after the stamp was taken. */
  boolean lasts(FileTime now) {
    return changed == null || now.toMillis() - changed.toMillis() > TICK_MILLIS;
  }

  private static String sample(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      ByteBuffer blocks = ByteBuffer.allocate((int) Math.min(size, (long) BLOCKS * BLOCK_BYTES));
      if (blocks.capacity() == size) {
        read(channel, blocks, 0);
      } else {
        for (int block = 0; block < BLOCKS; block++) {
          blocks.limit((block + 1) * BLOCK_BYTES);
          read(channel, blocks, (size - BLOCK_BYTES) * block / (BLOCKS - 1));
        }
      }
      return DigestUtils.sha256Hex(blocks.array());
    }
  }

  private static void read(FileChannel channel, ByteBuffer into, long position) throws IOException {
    long at = position;
    int count = 0;
    while (into.hasRemaining() && count >= 0) {
      count = channel.read(into, at);
      at += Math.max(count, 0);
    }
  }
}
