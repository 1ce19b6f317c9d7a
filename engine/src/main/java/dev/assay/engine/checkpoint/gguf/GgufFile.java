package dev.assay.engine.checkpoint.gguf;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The header of a GGUF file.
 *
 * @param version 2 or 3
 * @param alignment of the tensors' bytes
 * @param metadata in the file's order
 * @param tensors in the file's order
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">The format</a>
 */
public record GgufFile(
    Path file,
    int version,
    long alignment,
    Map<String, GgufValue> metadata,
    List<GgufTensor> tensors) {
  /** Alignment of tensors where the metadata say nothing. */
  public static final int ALIGNMENT = 32;

  static final long GREATEST_UINT32 = 0xFFFF_FFFFL;

  public GgufFile {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    tensors = List.copyOf(tensors);
  }

  /**
   * Reads a header.
   *
   * @throws BadInputException if the file is damaged or not in the format; the message names it
   */
  public static GgufFile read(Path file) {
    return GgufReader.read(file);
  }

  /** A tensor's place, if there is one of that name. */
  public Optional<GgufTensor> tensor(String name) {
    return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
  }

  /** Whether a key is there. */
  public boolean has(String key) {
    return metadata.containsKey(key);
  }

  /** The value of a whole number from 0 to 2^31 − 1. */
  public int whole(String key) {
    if (metadata.get(key) instanceof GgufValue.Whole whole
        && whole.value() >= 0
        && whole.value() <= Integer.MAX_VALUE) {
      return (int) whole.value();
    }
    throw bad(key, "a whole number below 2^31");
  }

  /** The same of what may be greater, such as a context; as at most 2^32 − 1. */
  public long count(String key) {
    if (metadata.get(key) instanceof GgufValue.Whole whole
        && (whole.value() >= 0 || whole.type() == ValueType.UINT64)) {
      return whole.value() < 0 ? GREATEST_UINT32 : Math.min(whole.value(), GREATEST_UINT32);
    }
    throw bad(key, "a whole number");
  }

  /** The value of a number; float32 ones as the shortest decimal that stands for them. */
  public double real(String key) {
    GgufValue value = metadata.get(key);
    if (value instanceof GgufValue.Real real) {
      return real.type() == ValueType.FLOAT32
          ? Double.parseDouble(Float.toString((float) real.value()))
          : real.value();
    }
    if (value instanceof GgufValue.Whole whole) {
      return whole.value();
    }
    throw bad(key, "a number");
  }

  /** The value of a text. */
  public String text(String key) {
    if (metadata.get(key) instanceof GgufValue.Text text) {
      return text.value();
    }
    throw bad(key, "a text");
  }

  /** The value of a flag, or another where there is none. */
  public boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (metadata.get(key) instanceof GgufValue.Flag flag) {
      return flag.value();
    }
    throw bad(key, "true or false");
  }

  /** An array of texts. */
  public List<String> texts(String key) {
    if (metadata.get(key) instanceof GgufValue.Array array
        && array.elementType() == ValueType.STRING) {
      return array.values().stream().map(value -> ((GgufValue.Text) value).value()).toList();
    }
    throw bad(key, "an array of texts");
  }

  /** An array of whole numbers. */
  public long[] wholes(String key) {
    if (metadata.get(key) instanceof GgufValue.Array array
        && array.values().stream().allMatch(GgufValue.Whole.class::isInstance)) {
      return array.values().stream()
          .mapToLong(value -> ((GgufValue.Whole) value).value())
          .toArray();
    }
    throw bad(key, "an array of whole numbers");
  }

  /** An array of numbers of float32. */
  public float[] reals(String key) {
    if (metadata.get(key) instanceof GgufValue.Array array
        && array.elementType() == ValueType.FLOAT32) {
      float[] values = new float[array.values().size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) ((GgufValue.Real) array.values().get(i)).value();
      }
      return values;
    }
    throw bad(key, "an array of float32");
  }

  /**
   * A small F32 tensor's values.
   *
   * @throws BadInputException if it is of another type or has more than 65536 values
   */
  public float[] floats(GgufTensor tensor) {
    long most = 1 << 16;
    if (tensor.type() != GgmlType.F32 || tensor.end() - tensor.begin() > most * Float.BYTES) {
      throw new BadInputException(
          file
              + ": tensor '"
              + tensor.name()
              + "': found "
              + tensor.type()
              + " of "
              + (tensor.end() - tensor.begin())
              + " bytes, expected at most "
              + most
              + " values of F32");
    }
    ByteBuffer bytes =
        ByteBuffer.allocate((int) (tensor.end() - tensor.begin())).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (bytes.hasRemaining() && channel.read(bytes, tensor.begin() + bytes.position()) >= 0) {}
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e, e);
    }
    float[] values = new float[bytes.capacity() / Float.BYTES];
    bytes.rewind().asFloatBuffer().get(values);
    return values;
  }

  private BadInputException bad(String key, String expected) {
    GgufValue found = metadata.get(key);
    String shown = String.valueOf(found);
    String brief = shown.length() > 80 ? shown.substring(0, 80) + "…" : shown;
    return new BadInputException(
        file
            + ": key "
            + key
            + ": found "
            + (found == null ? "nothing" : brief)
            + ", expected "
            + expected);
  }
}
