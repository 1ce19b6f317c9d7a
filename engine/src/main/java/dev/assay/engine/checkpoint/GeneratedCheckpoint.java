package dev.assay.engine.checkpoint;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.packed.WrittenQuantization;
import dev.assay.engine.checkpoint.safetensors.SafetensorsWriter;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.torch.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a Hugging Face directory whose tensors are made while they are written, straight into the
 * shards, so that neither memory nor twice the space is needed. The directory appears under its
 * name when it is whole.
 */
public final class GeneratedCheckpoint {
  private static final long SHARD_BYTES = 4L << 30;

  private final Path target;
  private final JsonNode config;
  private final DType dtype;
  private final long shardBytes;
  private @Nullable Checkpoint beside;

  /**
   * A directory to be.
   *
   * @param config content of its {@code config.json}
   * @param dtype of all tensors
   */
  public GeneratedCheckpoint(Path target, JsonNode config, DType dtype) {
    this(target, config, dtype, SHARD_BYTES);
  }

  GeneratedCheckpoint(Path target, JsonNode config, DType dtype, long shardBytes) {
    this.target = target;
    this.config = config;
    this.dtype = dtype;
    this.shardBytes = shardBytes;
  }

  /** Has tokenizer and other files of a model go along. */
  public GeneratedCheckpoint withFilesOf(Checkpoint other) {
    beside = other;
    return this;
  }

  /** Makes the bytes of tensors. */
  public interface Filler {
    /** Writes all bytes of a tensor, row by row, little-endian. */
    void fill(String tensor, FileChannel out) throws IOException;
  }

  /**
   * Writes everything.
   *
   * @param shapes of all tensors by name
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if the target exists
   * @throws BadInputException if the disk has no room for it
   * @throws UncheckedIOException if it cannot be written
   */
  public void write(Map<String, Shape> shapes, Filler filler) {
    List<TensorInfo> tensors =
        shapes.entrySet().stream()
            .map(entry -> planned(entry.getKey(), entry.getValue()))
            .sorted(Comparator.comparing(TensorInfo::name))
            .toList();
    try (PendingDirectory directory = PendingDirectory.create(target)) {
      room(directory, tensors.stream().mapToLong(TensorInfo::bytes).sum());
      Map<String, List<TensorInfo>> files = ShardPlan.of(tensors, shardBytes);
      for (Map.Entry<String, List<TensorInfo>> file : files.entrySet()) {
        SafetensorsWriter.write(
            directory.resolve(file.getKey()),
            file.getValue(),
            (tensor, out) -> fill(tensor, filler, out));
      }
      CompanionFiles companions = new CompanionFiles(directory);
      if (files.size() > 1) {
        companions.index(files);
      }
      companions.configure(
          config, dtype.label(), new WrittenQuantization(), Collections.emptySortedMap());
      Checkpoint other = beside;
      if (other != null) {
        companions.write(other.companions());
        companions.copy(other.directory());
      }
      directory.publish();
    } catch (IOException e) {
      throw new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private TensorInfo planned(String name, Shape shape) {
    long bytes = Math.multiplyExact(shape.size(), (long) dtype.bytes());
    return new TensorInfo(name, dtype, shape, target, 0, bytes);
  }

  private static void fill(TensorInfo tensor, Filler filler, FileChannel out) throws IOException {
    long begin = out.position();
    filler.fill(tensor.name(), out);
    if (out.position() - begin != tensor.bytes()) {
      throw new IllegalStateException(
          "tensor '%s': %d bytes were written, expected %d"
              .formatted(tensor.name(), out.position() - begin, tensor.bytes()));
    }
  }

  private void room(PendingDirectory directory, long bytes) throws IOException {
    long free = Files.getFileStore(directory.resolve("")).getUsableSpace();
    if (free < bytes) {
      throw new BadInputException(
          "%s: found %,d bytes free on the disk, expected %,d for the weights"
              .formatted(target, free, bytes));
    }
  }
}
