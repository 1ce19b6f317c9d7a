package dev.assay.engine.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes SentencePiece's protocol buffer, for tests. */
public final class SentencePieceWriter {
  static final int UNIGRAM = 1;
  static final int BPE = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  SentencePieceWriter piece(String text, float score, int type) {
    Message message = new Message();
    message.bytes(1, text.getBytes(StandardCharsets.UTF_8));
    message.real(2, score);
    message.integer(3, type);
    return field(1, message);
  }

  SentencePieceWriter trainer(int modelType, int bos, int eos) {
    Message message = new Message();
    message.bytes(1, "corpus.txt".getBytes(StandardCharsets.UTF_8));
    message.integer(3, modelType);
    message.real(10, 0.9995f);
    message.integer(41, bos);
    message.integer(42, eos);
    return field(2, message);
  }

  SentencePieceWriter normalizer(
      byte[] charsmap, boolean dummyPrefix, boolean removeExtra, boolean escape) {
    Message message = new Message();
    message.bytes(1, "name".getBytes(StandardCharsets.UTF_8));
    if (charsmap.length > 0) {
      message.bytes(2, charsmap);
    }
    message.integer(3, dummyPrefix ? 1 : 0);
    message.integer(4, removeExtra ? 1 : 0);
    message.integer(5, escape ? 1 : 0);
    return field(3, message);
  }

  /** Rules that make a full-width A (EF BC A1) into two plain ones; a block a node. */
  public static byte[] charsmap() {
    int[] path = {0xEF, 0xBC, 0xA1};
    int[] units = new int[256 * 5];
    int node = 0;
    int base = 256;
    units[0] = (node ^ base) << 10;
    for (int depth = 0; depth < path.length; depth++) {
      int child = base ^ path[depth];
      base += 256;
      int leaf = depth == path.length - 1 ? 1 << 8 : 0;
      units[child] = path[depth] | leaf | (child ^ base) << 10;
    }
    units[base] = 1 << 31 | 2;
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * units.length + 5).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(4 * units.length);
    for (int unit : units) {
      bytes.putInt(unit);
    }
    return bytes.put(new byte[] {'z', 0, 'a', 'a', 0}).array();
  }

  private SentencePieceWriter field(int number, Message message) {
    Message outer = new Message();
    outer.bytes(number, message.out.toByteArray());
    out.writeBytes(outer.out.toByteArray());
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void bytes(int number, byte[] value) {
      varint((long) number << 3 | 2);
      varint(value.length);
      out.writeBytes(value);
    }

    void integer(int number, long value) {
      varint((long) number << 3);
      varint(value);
    }

    void real(int number, float value) {
      varint((long) number << 3 | 5);
      out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        out.write((int) (rest & 0x7F | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }
  }
}
