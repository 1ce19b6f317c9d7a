package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.linear.DenseWeight;
import dev.assay.engine.linear.StoredWeight;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A model in a Hugging Face directory: {@code config.json} and weights, safetensors or PyTorch's
 * own, in one file or in shards. Opening it reads and checks the headers; tensors are memory-mapped
 * when asked for.
 */
public final class Checkpoint {
  private final Path directory;
  private final JsonNode config;
  private final SortedMap<String, TensorInfo> tensors;
  private final Optional<QuantizationConfig> quantization;

  private Checkpoint(
      Path directory,
      JsonNode config,
      Optional<QuantizationConfig> quantization,
      SortedMap<String, TensorInfo> tensors) {
    this.directory = directory;
    this.config = config;
    this.quantization = quantization;
    this.tensors = tensors;
  }

  /**
   * Opens a directory.
   *
   * @throws BadCheckpointException if something is missing or broken; the message names the file
   */
  public static Checkpoint open(Path directory) {
    Path file = directory.resolve("config.json");
    if (!Files.isRegularFile(file)) {
      throw new BadCheckpointException(
          file + ": no such file; expected a checkpoint in Hugging Face's layout");
    }
    JsonNode config = JsonFiles.read(file);
    Optional<QuantizationConfig> quantization = QuantizationConfigReader.read(directory, config);
    return new Checkpoint(directory, config, quantization, Shards.read(directory));
  }

  public Path directory() {
    return directory;
  }

  /** The content of {@code config.json}. */
  public JsonNode config() {
    return config;
  }

  /** How its linears are quantized, if they are. */
  public Optional<QuantizationConfig> quantization() {
    return quantization;
  }

  /** Names of all tensors. */
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(tensors.keySet()));
  }

  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  /**
   * Where a tensor is.
   *
   * @throws BadCheckpointException if there is none of that name
   */
  public TensorInfo info(String name) {
    TensorInfo info = tensors.get(name);
    if (info == null) {
      throw new BadCheckpointException(directory + ": tensor '" + name + "' is missing");
    }
    return info;
  }

  /** A tensor as it is stored, memory-mapped where its alignment allows. */
  public NDArray tensor(TorchSession torch, NDManager owner, String name) {
    return TensorLoader.load(torch, owner, info(name));
  }

  /**
   * A linear's weight in the form in which it is stored: dense from {@code prefix.weight}, packed
   * from the tensors of the published formats.
   *
   * @throws BadCheckpointException if tensors are missing or do not fit each other
   */
  public StoredWeight linear(TorchSession torch, NDManager owner, String prefix) {
    Optional<PackedLinear> packed = PackedLinear.find(this, prefix);
    if (packed.isPresent()) {
      return packed.get().load(torch, owner);
    }
    TensorInfo weight = info(prefix + ".weight");
    if (weight.shape().dimension() != 2 || !weight.dtype().isFloating()) {
      throw new BadCheckpointException(
          weight.file()
              + ": tensor '"
              + weight.name()
              + "': found "
              + weight.dtype().safetensorsName()
              + " "
              + weight.shape()
              + ", expected a floating matrix");
    }
    return new DenseWeight(TensorLoader.load(torch, owner, weight), weight.dtype());
  }

  /** Bytes of a linear's tensors on disk. */
  public long linearBytes(String prefix) {
    return tensors.tailMap(prefix + ".").entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix + "."))
        .mapToLong(entry -> entry.getValue().bytes())
        .sum();
  }

  /** Bytes of all tensors; what several of them share, as tied weights do, counts once. */
  public long weightBytes() {
    Set<List<Object>> seen = new HashSet<>();
    return tensors.values().stream()
        .filter(info -> seen.add(List.of(info.file(), info.begin(), info.end())))
        .mapToLong(TensorInfo::bytes)
        .sum();
  }

  /**
   * Bytes of all weight files, headers included.
   *
   * @throws BadCheckpointException if a file is gone
   */
  public long fileBytes() {
    return tensors.values().stream()
        .map(TensorInfo::file)
        .distinct()
        .mapToLong(Checkpoint::size)
        .sum();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new BadCheckpointException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Number of parameters: elements of floating tensors; out · in for a packed linear, whose scales
   * and zeros are none. Tensors that share their bytes, as tied weights may, count once.
   */
  public long parameters() {
    return ParameterCount.of(this);
  }

  /**
   * The sha256 over all tensors' names, types, shapes and bytes, in order of their names; the same
   * however they are spread over files.
   */
  public String sha256() {
    return TensorHash.of(tensors);
  }
}
