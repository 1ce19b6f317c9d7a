package dev.assay.engine.checkpoint.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Small parts of large files, on the Java heap. */
public final class FileBytes {
  private FileBytes() {}

  /**
   * The bytes from {@code begin} (inclusive) to {@code end} (exclusive), which the file must hold.
   *
   * @throws BadCheckpointException if it does not
   */
  public static byte[] read(Path file, long begin, long end) {
    try (FileChannel channel = FileChannel.open(file)) {
      if (begin < 0 || end < begin || end > channel.size()) {
        throw new BadCheckpointException(
            file + ": found " + channel.size() + " bytes, expected at least " + end);
      }
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(end - begin));
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, begin + bytes.position()) < 0) {
          throw new BadCheckpointException(file + ": ends while it is read");
        }
      }
      return bytes.array();
    } catch (IOException e) {
      throw new BadCheckpointException(file + ": cannot be read: " + e, e);
    }
  }

  /** The bytes of a tensor that is known to be small. */
  public static byte[] of(TensorInfo tensor, int most) {
    if (tensor.bytes() > most) {
      throw new BadCheckpointException(
          tensor.file()
              + ": tensor '"
              + tensor.name()
              + "': found "
              + tensor.bytes()
              + " bytes, expected at most "
              + most);
    }
    return read(tensor.file(), tensor.begin(), tensor.end());
  }
}
