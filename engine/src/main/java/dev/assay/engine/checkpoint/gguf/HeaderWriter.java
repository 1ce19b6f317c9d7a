package dev.assay.engine.checkpoint.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Puts the header of a GGUF file together, version 3, little-endian. */
public final class HeaderWriter {
  private static final byte[] MAGIC = {'G', 'G', 'U', 'F'};
  private static final int VERSION = 3;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private HeaderWriter() {}

  /**
   * The bytes before the tensors', padded to the usual alignment.
   *
   * @param metadata in order
   * @param tensors in order; the first byte of each counts from the end of the header
   */
  public static byte[] bytes(Map<String, GgufValue> metadata, List<GgufTensor> tensors) {
    HeaderWriter header = new HeaderWriter();
    header.out.writeBytes(MAGIC);
    header.int32(VERSION);
    header.int64(tensors.size());
    header.int64(metadata.size());
    metadata.forEach(
        (key, value) -> {
          header.text(key);
          header.int32(value.type().code());
          header.value(value);
        });
    tensors.forEach(header::tensor);
    header.out.writeBytes(new byte[padding(header.out.size())]);
    return header.out.toByteArray();
  }

  /** Bytes from an offset to the next one that is aligned. */
  public static int padding(long offset) {
    return (int) (-offset & (GgufFile.ALIGNMENT - 1));
  }

  private void tensor(GgufTensor tensor) {
    text(tensor.name());
    long[] shape = tensor.shape();
    int32(shape.length);
    for (int i = shape.length - 1; i >= 0; i--) {
      int64(shape[i]);
    }
    int32(tensor.type().code());
    int64(tensor.begin());
  }

  private void value(GgufValue value) {
    if (value instanceof GgufValue.Whole whole) {
      number(whole.type().leastBytes(), whole.value());
    } else if (value instanceof GgufValue.Real real) {
      boolean single = real.type() == ValueType.FLOAT32;
      number(
          real.type().leastBytes(),
          single
              ? Float.floatToRawIntBits((float) real.value())
              : Double.doubleToRawLongBits(real.value()));
    } else if (value instanceof GgufValue.Flag flag) {
      out.write(flag.value() ? 1 : 0);
    } else if (value instanceof GgufValue.Text text) {
      text(text.value());
    } else if (value instanceof GgufValue.Array array) {
      int32(array.elementType().code());
      int64(array.values().size());
      array.values().forEach(this::value);
    }
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int64(bytes.length);
    out.writeBytes(bytes);
  }

  private void int32(int value) {
    number(Integer.BYTES, value);
  }

  private void int64(long value) {
    number(Long.BYTES, value);
  }

  private void number(int bytes, long value) {
    byte[] all =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    out.write(all, 0, bytes);
  }
}
