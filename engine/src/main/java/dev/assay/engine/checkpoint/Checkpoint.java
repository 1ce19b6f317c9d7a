package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.gguf.GgufFile;
import dev.assay.engine.checkpoint.gguf.TokenizerJson;
import dev.assay.engine.linear.DenseWeight;
import dev.assay.engine.linear.StoredWeight;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A model in a Hugging Face directory: {@code config.json} and weights, safetensors or PyTorch's
 * own, in one file or in shards; or in a GGUF file, which then looks like one. Opening it reads and
 * checks the headers; tensors are memory-mapped when asked for.
 */
public final class Checkpoint {
  private static final String TOKENIZER = "tokenizer.json";

  /** How the first tensor of a linear is called in one format or another. */
  private static final Set<String> MAIN_TENSORS = Set.of(".weight", ".qweight", ".weight_packed");

  private final Path path;
  private final Path directory;
  private final JsonNode config;
  private final SortedMap<String, TensorInfo> tensors;
  private final Optional<QuantizationConfig> quantization;
  private final Optional<GgufSource> gguf;

  private Checkpoint(
      Path path,
      JsonNode config,
      Optional<QuantizationConfig> quantization,
      SortedMap<String, TensorInfo> tensors) {
    this.path = path;
    this.directory = path;
    this.config = config;
    this.quantization = quantization;
    this.tensors = PublishedNames.of(tensors);
    this.gguf = Optional.empty();
  }

  private Checkpoint(Path path, GgufSource source) {
    this.path = path;
    this.directory = parent(source.header().file());
    this.config = source.config();
    this.quantization = Optional.empty();
    this.tensors = source.tensors();
    this.gguf = Optional.of(source);
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    return parent == null ? Path.of("") : parent;
  }

  /**
   * Opens a directory or a GGUF file.
   *
   * @throws BadCheckpointException if something is missing or broken; the message names the file
   */
  public static Checkpoint open(Path directory) {
    Optional<Path> gguf = GgufSource.find(directory);
    if (gguf.isPresent()) {
      return new Checkpoint(directory, GgufSource.read(gguf.get()));
    }
    Path file = directory.resolve("config.json");
    if (!Files.isRegularFile(file)) {
      throw new BadCheckpointException(
          file + ": no such file; expected a checkpoint in Hugging Face's layout");
    }
    JsonNode config = JsonFiles.read(file);
    Optional<QuantizationConfig> quantization = QuantizationConfigReader.read(directory, config);
    return new Checkpoint(directory, config, quantization, Shards.read(directory));
  }

  /** What was opened, and can be opened again. */
  public Path path() {
    return path;
  }

  /** Where its tokenizer and other files stand: the directory, or that of the GGUF file. */
  public Path directory() {
    return directory;
  }

  /** The content of {@code config.json}, or what it would be. */
  public JsonNode config() {
    return config;
  }

  /** How its linears are quantized, if they are. */
  public Optional<QuantizationConfig> quantization() {
    return quantization;
  }

  /** The header of the GGUF file, if it is one. */
  public Optional<GgufFile> gguf() {
    return gguf.map(GgufSource::header);
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
      throw new BadCheckpointException(path + ": tensor '" + name + "' is missing");
    }
    return info;
  }

  /**
   * The weight file that holds a module's tensors, for messages; what was opened, where there are
   * none.
   *
   * @param prefix of their names, or the name of one
   */
  public Path fileOf(String prefix) {
    return tensors.tailMap(prefix).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix))
        .filter(entry -> entry.getKey().equals(prefix) || entry.getKey().startsWith(prefix + "."))
        .map(entry -> entry.getValue().file())
        .findFirst()
        .orElse(path);
  }

  /** A tensor as it is stored, memory-mapped where its alignment allows. */
  public NDArray tensor(TorchSession torch, NDManager owner, String name) {
    return TensorLoader.load(torch, owner, info(name));
  }

  /**
   * A linear's weight in the form in which it is stored: dense from {@code prefix.weight}, packed
   * from the tensors of the published formats, or from GGUF's blocks.
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
    if (weight.encoding() instanceof TensorEncoding.Gguf encoding) {
      return new GgufTensors(torch).linear(owner, weight, encoding);
    }
    return new DenseWeight(TensorLoader.load(torch, owner, weight), weight.dtype());
  }

  /** Linears that are stored packed, by prefix, with the names of all their tensors. */
  public SortedMap<String, Set<String>> packedLinears() {
    SortedMap<String, Set<String>> packed = new TreeMap<>();
    for (String name : tensors.keySet()) {
      int dot = name.lastIndexOf('.');
      if (dot > 0 && MAIN_TENSORS.contains(name.substring(dot))) {
        String prefix = name.substring(0, dot);
        PackedLinear.find(this, prefix).ifPresent(linear -> packed.put(prefix, linear.names()));
      }
    }
    return packed;
  }

  /**
   * The tokenizer: from {@code tokenizer.json} in its directory, otherwise from the GGUF file.
   *
   * @throws dev.assay.engine.config.BadInputException if there is none, or one that is not known
   */
  public Tokenizer tokenizer() {
    if (gguf.isEmpty() || Files.exists(directory.resolve(TOKENIZER))) {
      return Tokenizer.fromDirectory(directory);
    }
    GgufFile header = gguf.get().header();
    Map<String, ObjectNode> files = TokenizerJson.files(header);
    return Tokenizer.fromJson(
        header.file(),
        JsonFiles.compact(Objects.requireNonNull(files.get(TOKENIZER))),
        Objects.requireNonNull(files.get("tokenizer_config.json")));
  }

  /** Files beside the weights that a GGUF file holds within itself, by name. */
  Map<String, ObjectNode> companions() {
    return gguf.map(GgufSource::header)
        .filter(header -> !Files.exists(directory.resolve(TOKENIZER)))
        .filter(TokenizerJson::isKnown)
        .map(TokenizerJson::files)
        .orElse(Map.of());
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
