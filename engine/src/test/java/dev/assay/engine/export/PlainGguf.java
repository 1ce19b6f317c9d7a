package dev.assay.engine.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A small GGUF file taken apart by the format's own page and nothing of the product's: what is
 * written is held against the stated layout, not against how it is read here.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">The format</a>
 */
final class PlainGguf {
  private final ByteBuffer bytes;
  private final Map<String, Object> keys = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final int data;

  /**
   * A tensor.
   *
   * @param ne numbers of elements as they stand in the file, the fastest dimension first
   * @param type 0 F32, 1 F16, 8 Q8_0
   * @param offset from the start of the data
   */
  record Tensor(List<Long> ne, int type, long offset) {
    int elements() {
      return (int) ne.stream().mapToLong(n -> n).reduce(1, (a, b) -> a * b);
    }
  }

  PlainGguf(Path file) {
    try {
      this.bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    bytes.position(8);
    long count = bytes.getLong();
    long metadata = bytes.getLong();
    for (long i = 0; i < metadata; i++) {
      keys.put(text(), value(bytes.getInt()));
    }
    for (long i = 0; i < count; i++) {
      String name = text();
      int dimensions = bytes.getInt();
      List<Long> ne = new ArrayList<>();
      for (int d = 0; d < dimensions; d++) {
        ne.add(bytes.getLong());
      }
      tensors.put(name, new Tensor(ne, bytes.getInt(), bytes.getLong()));
    }
    this.data = (bytes.position() + 31) / 32 * 32;
  }

  private String text() {
    byte[] text = new byte[(int) bytes.getLong()];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private Object value(int type) {
    return switch (type) {
      case 4, 5 -> bytes.getInt();
      case 6 -> bytes.getFloat();
      case 7 -> bytes.get() == 1;
      case 8 -> text();
      case 9 -> {
        int elements = bytes.getInt();
        long count = bytes.getLong();
        List<Object> values = new ArrayList<>();
        for (long i = 0; i < count; i++) {
          values.add(value(elements));
        }
        yield values;
      }
      default -> throw new IllegalStateException("value type " + type);
    };
  }

  Object key(String name) {
    return Objects.requireNonNull(keys.get(name), name);
  }

  List<?> list(String name) {
    return (List<?>) key(name);
  }

  Tensor tensor(String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  Map<String, Tensor> tensors() {
    return tensors;
  }

  /** All values in the file's order. */
  float[] values(String name) {
    Tensor tensor = tensor(name);
    float[] values = new float[tensor.elements()];
    int at = data + (int) tensor.offset();
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (tensor.type()) {
            case 0 -> bytes.getFloat(at + 4 * i);
            case 1 -> half(bytes.getShort(at + 2 * i));
            case 8 ->
                half(bytes.getShort(at + i / 32 * 34)) * bytes.get(at + i / 32 * 34 + 2 + i % 32);
            default -> throw new IllegalStateException("tensor type " + tensor.type());
          };
    }
    return values;
  }

  private static float half(short bits) {
    int exponent = (bits >> 10) & 31;
    int fraction = bits & 1023;
    double magnitude =
        exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * Math.pow(2, exponent - 25);
    return (float) (bits < 0 ? -magnitude : magnitude);
  }
}
