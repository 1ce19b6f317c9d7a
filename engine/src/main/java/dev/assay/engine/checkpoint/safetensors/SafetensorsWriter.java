package dev.assay.engine.checkpoint.safetensors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Writes a safetensors file. The same tensors give the same bytes. */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  /** Where the bytes of tensors come from. */
  public interface Content {
    /** Writes all bytes of a tensor. */
    void write(TensorInfo tensor, FileChannel out) throws IOException;
  }

  /**
   * Copies tensors from where they are into a new file. Wide elements come first, then names in
   * order: as no gap is allowed between tensors, this aligns each of them.
   */
  public static void write(Path file, Collection<TensorInfo> tensors) throws IOException {
    write(file, tensors, SafetensorsWriter::copy);
  }

  /** Writes tensors, of which only names, types, shapes and sizes count, into a new file. */
  public static void write(Path file, Collection<TensorInfo> tensors, Content content)
      throws IOException {
    List<TensorInfo> ordered =
        tensors.stream()
            .sorted(
                Comparator.comparingInt((TensorInfo tensor) -> -tensor.dtype().bytes())
                    .thenComparing(TensorInfo::name))
            .toList();
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer header = header(ordered);
      while (header.hasRemaining()) {
        out.write(header);
      }
      for (TensorInfo tensor : ordered) {
        content.write(tensor, out);
      }
    }
  }

  private static ByteBuffer header(List<TensorInfo> ordered) {
    ObjectNode header = JsonNodeFactory.instance.objectNode();
    header.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (TensorInfo tensor : ordered) {
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", tensor.dtype().safetensorsName());
      ArrayNode shape = entry.putArray("shape");
      Arrays.stream(tensor.shape().getShape()).forEach(shape::add);
      entry.putArray("data_offsets").add(offset).add(offset + tensor.bytes());
      offset += tensor.bytes();
    }
    byte[] text = JsonFiles.compact(header);
    int length = (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] padded = Arrays.copyOf(text, length);
    Arrays.fill(padded, text.length, length, (byte) ' ');
    return ByteBuffer.allocate(Long.BYTES + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(padded)
        .flip();
  }

  private static void copy(TensorInfo tensor, FileChannel out) throws IOException {
    try (FileChannel in = FileChannel.open(tensor.file(), StandardOpenOption.READ)) {
      long position = tensor.begin();
      while (position < tensor.end()) {
        long copied = in.transferTo(position, tensor.end() - position, out);
        if (copied <= 0) {
          throw new EOFException(tensor.file() + " ends within tensor '" + tensor.name() + "'");
        }
        position += copied;
      }
    }
  }
}
