package dev.assay.engine.train;

import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.safetensors.SafetensorsHeader;
import dev.assay.engine.checkpoint.safetensors.SafetensorsWriter;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What was kept of a teacher, a safetensors file: {@code ids} int32 and {@code logs} float32
 * [positions, k], {@code tails} float32 [positions], of all scored positions of all sequences in
 * order, and {@code checks} int64 [sequences], the CRC-32 of each sequence's bytes in these three.
 *
 * <p>It is made sequence by sequence, under another name until it is whole; what a process that
 * died has made of it stays. Only what is asked for is read. Closing it closes the file.
 */
final class TopFile implements AutoCloseable {
  private static final String IDS = "ids";
  private static final String LOGS = "logs";
  private static final String TAILS = "tails";
  private static final String CHECKS = "checks";

  private final Path path;
  private final FileChannel channel;
  private final Shape shape;
  private final long[] starts;
  private final Map<String, TensorInfo> tensors;

  /**
   * @param shape [positions, k]
   * @param starts where the positions of each sequence begin, and at last their number
   */
  private TopFile(
      Path path, FileChannel channel, Shape shape, long[] starts, Map<String, TensorInfo> tensors) {
    this.path = path;
    this.channel = channel;
    this.shape = shape;
    this.starts = starts;
    this.tensors = tensors;
  }

  /**
   * Opens the file, or makes it where it is not there or is damaged; what an earlier process has
   * made of it is not made again. Of several processes that want it one makes it.
   *
   * @param k tokens of each position
   * @param positions of each sequence
   * @param rows gives what is to be kept of a sequence; asked for those that are not there alone
   */
  static TopFile of(Path path, int k, int[] positions, IntFunction<TopRows> rows) {
    TopFile there = find(path, k, positions);
    if (there != null) {
      return there;
    }
    try {
      Files.createDirectories(Objects.requireNonNull(path.toAbsolutePath().getParent()));
      try (FileChannel channel =
              FileChannel.open(
                  path.resolveSibling(path.getFileName() + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        TopFile other = find(path, k, positions);
        return other == null ? make(path, k, positions, rows) : other;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static @Nullable TopFile find(Path path, int k, int[] positions) {
    if (!Files.isRegularFile(path)) {
      return null;
    }
    TopFile file = open(path, k, positions);
    if (file != null && file.intact() < positions.length) {
      file.close();
      return null;
    }
    return file;
  }

  private static TopFile make(Path path, int k, int[] positions, IntFunction<TopRows> rows)
      throws IOException {
    Path partial = path.resolveSibling(path.getFileName() + ".partial");
    TopFile begun = Files.isRegularFile(partial) ? open(partial, k, positions) : null;
    if (begun == null) {
      Files.deleteIfExists(partial);
      SafetensorsWriter.write(partial, layout(partial, k, positions), TopFile::reserve);
      begun = Objects.requireNonNull(open(partial, k, positions), "what was just written");
    }
    try (TopFile file = begun) {
      for (int i = file.intact(); i < positions.length; i++) {
        file.write(i, rows.apply(i));
      }
      file.channel.force(true);
    }
    Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return Objects.requireNonNull(open(path, k, positions), "what was just written");
  }

  private static List<TensorInfo> layout(Path path, int k, int[] positions) {
    long all = starts(positions)[positions.length];
    List<TensorInfo> layout = new ArrayList<>();
    layout.add(info(path, CHECKS, DType.INT64, new Shape(positions.length)));
    layout.add(info(path, IDS, DType.INT32, new Shape(all, k)));
    layout.add(info(path, LOGS, DType.FLOAT32, new Shape(all, k)));
    layout.add(info(path, TAILS, DType.FLOAT32, new Shape(all)));
    return layout;
  }

  private static TensorInfo info(Path path, String name, DType type, Shape shape) {
    return new TensorInfo(name, type, shape, path, 0, shape.size() * type.bytes());
  }

  /** Room for a tensor, which takes no blocks of the disk until it is written. */
  private static void reserve(TensorInfo tensor, FileChannel out) throws IOException {
    if (tensor.bytes() > 0) {
      out.position(out.position() + tensor.bytes() - 1);
      out.write(ByteBuffer.allocate(1));
    }
  }

  private static @Nullable TopFile open(Path path, int k, int[] positions) {
    Map<String, TensorInfo> found = new TreeMap<>();
    try {
      SafetensorsHeader.read(path).forEach(info -> found.put(info.name(), info));
      for (TensorInfo wanted : layout(path, k, positions)) {
        TensorInfo there = found.get(wanted.name());
        if (there == null
            || there.dtype() != wanted.dtype()
            || !there.shape().equals(wanted.shape())) {
          return null;
        }
      }
      return new TopFile(
          path,
          FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE),
          Objects.requireNonNull(found.get(IDS)).shape(),
          starts(positions),
          found);
    } catch (BadCheckpointException e) {
      // Cut off, or another's: it is made again.
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static long[] starts(int[] positions) {
    long[] starts = new long[positions.length + 1];
    for (int i = 0; i < positions.length; i++) {
      starts[i + 1] = starts[i] + positions[i];
    }
    return starts;
  }

  /** Bytes on disk. */
  long bytes() {
    try {
      return channel.size();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Tokens of each position. */
  int k() {
    return Math.toIntExact(shape.get(1));
  }

  /** How many sequences, from the first on, were written whole. */
  private int intact() {
    for (int i = 0; i < starts.length - 1; i++) {
      if (at(CHECKS, i, 1).getLong() != read(i).checksum()) {
        return i;
      }
    }
    return starts.length - 1;
  }

  /** What was kept of a sequence. */
  TopRows read(int sequence) {
    int rows = rows(sequence);
    int[] ids = new int[rows * k()];
    float[] logs = new float[ids.length];
    float[] tails = new float[rows];
    at(IDS, starts[sequence], rows).asIntBuffer().get(ids);
    at(LOGS, starts[sequence], rows).asFloatBuffer().get(logs);
    at(TAILS, starts[sequence], rows).asFloatBuffer().get(tails);
    return new TopRows(ids, logs, tails);
  }

  private int rows(int sequence) {
    return Math.toIntExact(starts[sequence + 1] - starts[sequence]);
  }

  private void write(int sequence, TopRows rows) throws IOException {
    if (rows.tails().length != rows(sequence)) {
      throw new IllegalArgumentException(
          "sequence %d: found %d positions, expected %d"
              .formatted(sequence, rows.tails().length, rows(sequence)));
    }
    put(IDS, starts[sequence], bytes(rows.ids()));
    put(LOGS, starts[sequence], bytes(rows.logs()));
    put(TAILS, starts[sequence], bytes(rows.tails()));
    put(CHECKS, sequence, little(Long.BYTES).putLong(rows.checksum()).flip());
  }

  private void put(String tensor, long row, ByteBuffer bytes) throws IOException {
    long position = position(tensor, row);
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  private ByteBuffer at(String tensor, long row, int rows) {
    ByteBuffer bytes = little(Math.toIntExact(rows * rowBytes(tensor)));
    long position = position(tensor, row);
    try {
      while (bytes.hasRemaining()) {
        int read = channel.read(bytes, position);
        if (read < 0) {
          throw new EOFException("it ends before byte " + position);
        }
        position += read;
      }
      return bytes.flip();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private long position(String tensor, long row) {
    return info(tensor).begin() + row * rowBytes(tensor);
  }

  private long rowBytes(String tensor) {
    TensorInfo info = info(tensor);
    return (info.shape().dimension() == 1 ? 1 : info.shape().get(1)) * info.dtype().bytes();
  }

  private TensorInfo info(String tensor) {
    return Objects.requireNonNull(tensors.get(tensor), tensor);
  }

  static ByteBuffer bytes(int[] values) {
    ByteBuffer bytes = little(values.length * Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return bytes;
  }

  static ByteBuffer bytes(float[] values) {
    ByteBuffer bytes = little(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be closed: " + e.getMessage(), e);
    }
  }
}
