package dev.assay.engine.checkpoint.safetensors;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The header of a safetensors file: eight bytes of length, little-endian, then JSON, then the
 * tensors' bytes without gap or overlap.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The format</a>
 */
public final class SafetensorsHeader {
  /** Longest header that the format's reference implementation reads. */
  static final long MAX_BYTES = 100_000_000;

  private static final int LENGTH_BYTES = 8;
  private static final String METADATA = "__metadata__";

  private final Path file;
  private final long fileBytes;
  private final long dataBegin;

  private SafetensorsHeader(Path file, long fileBytes, long dataBegin) {
    this.file = file;
    this.fileBytes = fileBytes;
    this.dataBegin = dataBegin;
  }

  /**
   * The tensors of a file in the order of their bytes.
   *
   * @throws BadCheckpointException if the file is damaged or not in the format
   */
  public static List<TensorInfo> read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long fileBytes = channel.size();
      if (fileBytes < LENGTH_BYTES) {
        throw new BadCheckpointException(
            file + ": found " + fileBytes + " bytes, expected at least the 8 of a header length");
      }
      long length = fully(channel, LENGTH_BYTES).getLong();
      long most = Math.min(MAX_BYTES, fileBytes - LENGTH_BYTES);
      if (length < 0 || length > most) {
        throw new BadCheckpointException(
            file
                + ": found a header length of "
                + Long.toUnsignedString(length)
                + " bytes, expected at most "
                + most
                + " in a file of "
                + fileBytes);
      }
      byte[] text = fully(channel, Math.toIntExact(length)).array();
      return new SafetensorsHeader(file, fileBytes, LENGTH_BYTES + length).tensors(text);
    } catch (IOException e) {
      throw new BadCheckpointException(file + ": cannot be read: " + e, e);
    }
  }

  private List<TensorInfo> tensors(byte[] text) {
    List<TensorInfo> tensors = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry :
        JsonFiles.object(file + ": header", text).properties()) {
      if (!entry.getKey().equals(METADATA)) {
        tensors.add(tensor(entry.getKey(), entry.getValue()));
      }
    }
    tensors.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    requireContiguous(tensors);
    return tensors;
  }

  private TensorInfo tensor(String name, JsonNode entry) {
    DType dtype = dtype(name, entry.path("dtype"));
    long[] shape = numbers(name, "shape", entry.path("shape"));
    long[] offsets = numbers(name, "data_offsets", entry.path("data_offsets"));
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw bad(
          name,
          "found data_offsets " + Arrays.toString(offsets) + ", expected [begin, end] in order");
    }
    if (offsets[1] > fileBytes - dataBegin) {
      throw bad(
          name,
          "found data_offsets "
              + Arrays.toString(offsets)
              + ", expected an end of at most "
              + (fileBytes - dataBegin)
              + ", the bytes after the header; the file may be truncated");
    }
    long found = offsets[1] - offsets[0];
    if (!holds(shape, dtype, found)) {
      throw bad(
          name,
          "found "
              + found
              + " bytes, expected those of shape "
              + Arrays.toString(shape)
              + " in "
              + dtype.safetensorsName());
    }
    return new TensorInfo(
        name, dtype, new Shape(shape), file, dataBegin + offsets[0], dataBegin + offsets[1]);
  }

  private DType dtype(String name, JsonNode node) {
    try {
      return DType.ofSafetensors(node.asText());
    } catch (IllegalArgumentException e) {
      String known =
          Arrays.stream(DType.values())
              .map(DType::safetensorsName)
              .collect(Collectors.joining(", "));
      throw bad(name, "found dtype '" + node.asText() + "', expected one of " + known);
    }
  }

  private long[] numbers(String name, String key, JsonNode node) {
    long[] numbers = new long[node.size()];
    for (int i = 0; i < numbers.length; i++) {
      JsonNode number = node.get(i);
      numbers[i] =
          number != null && number.isIntegralNumber() && number.canConvertToLong()
              ? number.longValue()
              : -1;
    }
    if (!node.isArray() || Arrays.stream(numbers).anyMatch(number -> number < 0)) {
      throw bad(
          name, "found " + key + " " + node + ", expected an array of whole numbers from 0 up");
    }
    return numbers;
  }

  private static boolean holds(long[] shape, DType dtype, long bytes) {
    long expected = dtype.bytes();
    try {
      for (long size : shape) {
        expected = Math.multiplyExact(expected, size);
      }
    } catch (ArithmeticException e) {
      return false;
    }
    return expected == bytes;
  }

  private void requireContiguous(List<TensorInfo> sorted) {
    long next = dataBegin;
    String previous = "the header";
    for (TensorInfo tensor : sorted) {
      if (tensor.begin() != next) {
        throw bad(
            tensor.name(),
            "begins at byte "
                + tensor.begin()
                + ", expected "
                + next
                + ", where "
                + previous
                + " ends: tensors "
                + (tensor.begin() < next ? "overlap" : "leave a gap"));
      }
      next = tensor.end();
      previous = "tensor '" + tensor.name() + "'";
    }
    if (next != fileBytes) {
      throw new BadCheckpointException(
          file
              + ": found "
              + fileBytes
              + " bytes, expected "
              + next
              + ", where "
              + previous
              + " ends");
    }
  }

  private BadCheckpointException bad(String tensor, String problem) {
    return new BadCheckpointException(file + ": tensor '" + tensor + "': " + problem);
  }

  private static ByteBuffer fully(FileChannel channel, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("ended after " + channel.position() + " bytes");
      }
    }
    return buffer.flip();
  }
}
