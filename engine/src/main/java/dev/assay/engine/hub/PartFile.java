package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/**
 * A file that grows while its content arrives.
 *
 * @param path the file
 * @param size its size when it is whole
 * @param progress hears of its size now
 */
record PartFile(Path path, long size, LongConsumer progress) {
  private static final int BUFFER = 1 << 18;

  /** Bytes that are there; a file that is too long is worth nothing. */
  long present() {
    try {
      if (!Files.exists(path)) {
        return 0;
      }
      long present = Files.size(path);
      return present > size ? 0 : present;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * Appends a body from some byte of the file on.
   *
   * @return the size of the file then
   * @throws TransientException if the body ends early, or brings more than the file can hold
   */
  long append(InputStream body, long from) throws TransientException {
    try (FileChannel out =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.truncate(from).position(from);
      progress.accept(from);
      byte[] buffer = new byte[BUFFER];
      long present = from;
      for (int count = read(body, buffer, present - from);
          count >= 0;
          count = read(body, buffer, present - from)) {
        if (present + count > size) {
          out.truncate(0);
          throw TransientException.refused("found more bytes than " + size, null);
        }
        write(out, ByteBuffer.wrap(buffer, 0, count));
        present += count;
        progress.accept(present);
      }
      if (present < size) {
        throw TransientException.broken(
            "the transfer broke off at " + present + " of " + size + " bytes",
            null,
            present - from);
      }
      return present;
    } catch (TransientException e) {
      throw e;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private static int read(InputStream body, byte[] buffer, long gained) throws TransientException {
    try {
      return body.read(buffer);
    } catch (IOException e) {
      throw TransientException.broken("the transfer broke off: " + e.getMessage(), e, gained);
    }
  }

  private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private BadInputException unwritable(IOException e) {
    return new BadInputException(path + ": cannot be written: " + e.getMessage(), e);
  }
}
