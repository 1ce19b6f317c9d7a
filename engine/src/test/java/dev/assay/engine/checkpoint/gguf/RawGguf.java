package dev.assay.engine.checkpoint.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** GGUF files put together field by field, so that they can be wrong. */
final class RawGguf {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** The start of a file, of version 3. */
  static RawGguf header(long tensors, long keys) {
    return new RawGguf().bytes("GGUF").int32(3).int64(tensors).int64(keys);
  }

  /**
   * A llama's file of nothing but its table of token vectors.
   *
   * @param blocks of the table, row by row
   */
  static byte[] tokenTable(GgmlType type, int rows, int columns, byte[] blocks) {
    byte[] file =
        header(1, 7)
            .text("general.architecture")
            .int32(8)
            .text("llama")
            .key("llama.embedding_length", columns)
            .key("llama.feed_forward_length", 8)
            .key("llama.block_count", 1)
            .key("llama.attention.head_count", 2)
            .key("llama.context_length", 16)
            .key("llama.attention.layer_norm_rms_epsilon", 1)
            .tensor("token_embd.weight", type.code(), 0, columns, rows)
            .withData(blocks.length);
    System.arraycopy(blocks, 0, file, file.length - blocks.length, blocks.length);
    return file;
  }

  RawGguf bytes(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  RawGguf int32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  RawGguf int64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  RawGguf text(String text) {
    return int64(text.length()).bytes(text);
  }

  /** A key with a whole number, UINT32. */
  RawGguf key(String key, int value) {
    return text(key).int32(4).int32(value);
  }

  /** A tensor; dimensions as in the file, the fastest first. */
  RawGguf tensor(String name, int type, long offset, long... dimensions) {
    text(name).int32(dimensions.length);
    for (long dimension : dimensions) {
      int64(dimension);
    }
    return int32(type).int64(offset);
  }

  /** Zeros up to a multiple of 32 and some more. */
  byte[] withData(int bytes) {
    out.writeBytes(new byte[-out.size() & 31]);
    out.writeBytes(new byte[bytes]);
    return out.toByteArray();
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }
}
