package dev.assay.engine.checkpoint.gguf;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads little-endian values from the start of a file on, never further than it reaches. */
final class HeaderReader {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Longest text; chat templates take some ten thousand bytes. */
  private static final long MAX_TEXT_BYTES = 1 << 24;

  private final Path file;
  private final FileChannel channel;
  private final long size;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long position;

  HeaderReader(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.size = channel.size();
  }

  /** Bytes of the file. */
  long size() {
    return size;
  }

  /** Offset of the next byte. */
  long position() {
    return position;
  }

  long remaining() {
    return size - position;
  }

  byte int8(String what) throws IOException {
    return take(Byte.BYTES, what).get();
  }

  short int16(String what) throws IOException {
    return take(Short.BYTES, what).getShort();
  }

  int int32(String what) throws IOException {
    return take(Integer.BYTES, what).getInt();
  }

  long uint32(String what) throws IOException {
    return Integer.toUnsignedLong(int32(what));
  }

  long int64(String what) throws IOException {
    return take(Long.BYTES, what).getLong();
  }

  /**
   * A number of things that follow, each of at least some bytes.
   *
   * @param most how many there may be however large the file is
   */
  long count(String what, long leastBytes, long most) throws IOException {
    long count = int64(what);
    long fit = Math.min(most, remaining() / leastBytes);
    if (count < 0 || count > fit) {
      throw bad(
          what
              + ": found "
              + Long.toUnsignedString(count)
              + ", expected at most "
              + fit
              + ", as "
              + remaining()
              + " of the file's "
              + size
              + " bytes follow"
              + (count > fit && count <= most ? "; the file may be truncated" : ""));
    }
    return count;
  }

  /** A length of 64 bits and as many bytes of UTF-8. */
  String text(String what) throws IOException {
    int length = (int) count("length of " + what, 1, MAX_TEXT_BYTES);
    ByteBuffer bytes = length <= BUFFER_BYTES ? take(length, what) : longText(length);
    try {
      // The view ends where the text does.
      ByteBuffer view = bytes.slice(bytes.position(), length);
      bytes.position(bytes.position() + length);
      return StandardCharsets.UTF_8.newDecoder().decode(view).toString();
    } catch (CharacterCodingException e) {
      throw bad(what + ": found bytes that are not UTF-8");
    }
  }

  BadInputException bad(String problem) {
    return new BadInputException(file + ": " + problem);
  }

  /** The buffer, with at least {@code length} bytes to read. */
  private ByteBuffer take(int length, String what) throws IOException {
    if (length > remaining()) {
      throw bad(
          what
              + ": found "
              + remaining()
              + " more bytes, expected "
              + length
              + "; the file may be truncated");
    }
    if (buffer.remaining() < length) {
      buffer.compact();
      while (buffer.position() < length && channel.read(buffer) >= 0) {}
      buffer.flip();
    }
    if (buffer.remaining() < length) {
      throw bad(what + ": the file became shorter while it was read");
    }
    position += length;
    return buffer;
  }

  private ByteBuffer longText(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (buffer.hasRemaining()) {
        int piece = Math.min(buffer.remaining(), bytes.remaining());
        bytes.put(buffer.slice(buffer.position(), piece));
        buffer.position(buffer.position() + piece);
      } else if (channel.read(bytes) < 0) {
        throw bad("the file became shorter while it was read");
      }
    }
    position += length;
    return bytes.flip();
  }
}
