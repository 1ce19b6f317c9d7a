package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.packed.QuantizationConfig;
import dev.assay.engine.checkpoint.packed.WrittenCache;
import dev.assay.engine.checkpoint.packed.WrittenQuantization;
import dev.assay.engine.checkpoint.safetensors.SafetensorsWriter;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.sparse.BitmaskLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes a model as a Hugging Face directory, tensor by tensor in any order, in bounded memory. The
 * directory appears under its name only when {@link #finish} has written everything and brought it
 * to the disk; a writer that is closed before leaves nothing, a process that is killed a hidden
 * {@code .name.partial-…} beside it. The bytes depend on the tensors and the source's configuration
 * alone. Until the end tensors take twice their space on the disk.
 */
public final class CheckpointWriter implements AutoCloseable {
  private static final long DEFAULT_SHARD_BYTES = 2L << 30;

  private final TorchSession torch;
  private final Path target;
  private final PendingDirectory directory;
  private final TensorSpool spool;
  private final long shardBytes;
  private final SortedMap<String, TensorInfo> tensors = new TreeMap<>();
  private final WrittenQuantization quantization = new WrittenQuantization();
  private final List<CarriedLinear> carried = new ArrayList<>();
  private final LinearWriter linears;

  private CheckpointWriter(
      TorchSession torch, Path target, PendingDirectory directory, long shardBytes)
      throws IOException {
    this.torch = torch;
    this.target = target;
    this.directory = directory;
    this.spool = new TensorSpool(directory.resolve(".tensors"));
    this.shardBytes = shardBytes;
    this.linears = new LinearWriter(torch, this::put, quantization);
  }

  /** A writer of a directory that does not exist yet, in shards of at most 2 GiB. */
  public static CheckpointWriter create(TorchSession torch, Path target) {
    return create(torch, target, DEFAULT_SHARD_BYTES);
  }

  /**
   * A writer of a directory that does not exist yet.
   *
   * @param shardBytes most bytes of tensors in a file, at least 1; a larger tensor is alone in its
   *     file
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if the target exists
   * @throws UncheckedIOException if nothing can be written beside the target
   */
  public static CheckpointWriter create(TorchSession torch, Path target, long shardBytes) {
    if (shardBytes < 1) {
      throw new IllegalArgumentException(
          "shardBytes: found " + shardBytes + ", expected at least 1");
    }
    try {
      return new CheckpointWriter(torch, target, PendingDirectory.create(target), shardBytes);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /**
   * Writes a tensor as it is.
   *
   * @throws IllegalArgumentException if one of that name has been written
   */
  public void put(String name, NDArray tensor) {
    if (tensors.containsKey(name)) {
      throw new IllegalArgumentException("tensor '" + name + "' is written twice");
    }
    try {
      tensors.put(name, spool.append(torch.tensors(), name, tensor));
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /**
   * Writes a linear's weight in its stored form. Features need not fill whole words; other loaders
   * mostly want them to, so multiples of 32.
   *
   * @throws IllegalArgumentException if it is quantized otherwise than those before it, which the
   *     published formats cannot say, or in a form that no format writes
   */
  public void putLinear(String prefix, StoredWeight weight) {
    linears.put(prefix, weight);
  }

  /** See {@link WrittenQuantization#version}. */
  void version(QuantizationConfig.Format wanted) {
    quantization.version(wanted);
  }

  /** See {@link WrittenQuantization#sparsity(BitmaskLayout)}. */
  void sparsity(BitmaskLayout layout) {
    quantization.sparsity(layout);
  }

  /** Says what is done to the input of a linear, for configurations of formats that can say it. */
  public void input(String prefix, InputScheme scheme) {
    quantization.input(prefix, scheme);
  }

  /**
   * Says how an attention keeps keys and values, for configurations of formats that can say it.
   *
   * @param attention name of its module
   * @param grids nothing where no format can
   */
  public void cache(String attention, Optional<WrittenCache> grids) {
    quantization.cache(attention, grids);
  }

  /** The scales of keys and values, where the configuration says that there are some. */
  private void putCaches() {
    quantization
        .caches()
        .forEach(
            (attention, grids) -> {
              put(attention + ".k_scale", grids.keyScales());
              put(attention + ".v_scale", grids.valueScales());
            });
  }

  private void put(String name, List<Float> numbers) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i);
    }
    try (NDManager scope = torch.manager().newSubManager()) {
      NDArray tensor = scope.create(values);
      put(name, values.length == 1 ? tensor : tensor.reshape(values.length, 1, 1));
    }
  }

  /** Writes what an activation is divided by, for which AWQ's format alone has a place. */
  public void putDivisor(String name, NDArray values) {
    quantization.divisor(name);
    put(name, values);
  }

  /** Writes the weight of a module that loaders take for a linear, dense, whatever it is. */
  public void putDense(String prefix, NDArray values) {
    linears.dense(prefix, values);
  }

  /**
   * Writes a packed linear of the source that no stage has changed, when all others are written:
   * packed, where the configuration of those can say so, otherwise dense.
   *
   * @param prefix of its tensors in the source
   * @param target prefix of its tensors here
   * @param dense type of its values where it has to be dense
   * @see CarriedLinear
   */
  public void carry(Checkpoint source, String prefix, String target, DType dense) {
    carried.add(new CarriedLinear(source, prefix, target, dense));
  }

  /**
   * Writes the values of a packed module of the source, dense.
   *
   * @param linear whether loaders take it for a linear
   */
  public void unpack(Checkpoint source, String prefix, DType dense, boolean linear) {
    try (NDManager scope = torch.manager().newSubManager()) {
      NDArray values =
          new CarriedLinear(source, prefix, prefix, dense).values(torch, scope).values();
      if (linear) {
        putDense(prefix, values);
      } else {
        put(prefix + ".weight", values);
      }
    }
  }

  private void settle() {
    for (CarriedLinear linear : carried) {
      try (NDManager scope = torch.manager().newSubManager()) {
        if (linear.source().ownFormat(linear.prefix()).isPresent()) {
          putLinear(linear.target(), linear.source().linear(torch, scope, linear.prefix()));
          continue;
        }
        Optional<QuantizedWeight> packed =
            linear
                .packed(torch, scope)
                .filter(weight -> quantization.format().isPresent())
                .filter(weight -> quantization.accepts(quantization.config(torch, weight)));
        if (packed.isPresent()) {
          putLinear(linear.target(), packed.get());
        } else {
          putLinear(linear.target(), linear.values(torch, scope));
        }
      }
    }
    carried.clear();
  }

  /**
   * Completes the directory and gives it its name.
   *
   * @param source the model that this one was made from: its configuration and tokenizer go along
   * @param dtype value of {@code torch_dtype}, for example {@code float16}
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if the target has come to
   *     exist meanwhile
   */
  public void finish(Checkpoint source, String dtype) {
    finish(source, source.config(), dtype);
  }

  /**
   * The same of a model that is another one than its source by its configuration too.
   *
   * @param config the configuration, without what it says of quantization and types
   */
  public void finish(Checkpoint source, JsonNode config, String dtype) {
    settle();
    putCaches();
    try {
      Map<String, List<TensorInfo>> files = ShardPlan.of(tensors.values(), shardBytes);
      for (Map.Entry<String, List<TensorInfo>> file : files.entrySet()) {
        SafetensorsWriter.write(directory.resolve(file.getKey()), file.getValue());
      }
      spool.close();
      CompanionFiles companions = new CompanionFiles(directory);
      if (files.size() > 1) {
        companions.index(files);
      }
      companions.configure(config, dtype, quantization, linears.ownFormats());
      companions.write(source.companions());
      companions.copy(source.directory());
      directory.publish();
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private static UncheckedIOException unwritable(Path target, IOException e) {
    return new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
  }

  /** Leaves nothing behind unless {@link #finish} succeeded. */
  @Override
  public void close() {
    try {
      spool.close();
      directory.close();
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }
}
