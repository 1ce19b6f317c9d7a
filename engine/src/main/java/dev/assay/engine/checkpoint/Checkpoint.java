package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.checkpoint.gguf.GgufEncoding;
import dev.assay.engine.checkpoint.gguf.GgufFile;
import dev.assay.engine.checkpoint.gguf.GgufSource;
import dev.assay.engine.checkpoint.gguf.TokenizerJson;
import dev.assay.engine.checkpoint.packed.PackedLinear;
import dev.assay.engine.checkpoint.packed.PackedSource;
import dev.assay.engine.checkpoint.packed.QuantizationConfig;
import dev.assay.engine.checkpoint.packed.QuantizationConfigReader;
import dev.assay.engine.checkpoint.packed.QuantizationRules;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.checkpoint.tensor.JsonFiles;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.checkpoint.tensor.TensorLoader;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.StoredWeight;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A model in a Hugging Face directory: {@code config.json} and weights, safetensors or PyTorch's
 * own, in one file or in shards; or in a GGUF file, which then looks like one. Opening it reads and
 * checks the headers; tensors are memory-mapped when asked for.
 */
public final class Checkpoint implements PackedSource {
  private static final String TOKENIZER = "tokenizer.json";
  private static final String ADAPTER = "adapter_config.json";

  /** How the first tensor of a linear is called in one format or another. */
  private static final Set<String> MAIN_TENSORS =
      Set.of(".weight", ".qweight", ".weight_packed", ".compressed");

  private final Path path;
  private final Path directory;
  private final JsonNode config;
  private final Contents contents;
  private final SortedMap<String, TensorInfo> tensors;
  private final SortedSet<String> names;
  private final Optional<QuantizationRules> quantization;
  private final Optional<GgufSource> gguf;
  private final SortedMap<String, JsonNode> ownFormats;

  private Checkpoint(
      Path path, JsonNode config, Optional<QuantizationRules> quantization, Contents contents) {
    this(path, path, config, quantization, contents, Optional.empty());
  }

  private Checkpoint(Path path, GgufSource source) {
    this(
        path,
        parent(source.header().file()),
        source.config(),
        Optional.empty(),
        Contents.of(source),
        Optional.of(source));
  }

  private Checkpoint(
      Path path,
      Path directory,
      JsonNode config,
      Optional<QuantizationRules> quantization,
      Contents contents,
      Optional<GgufSource> gguf) {
    this.path = path;
    this.directory = directory;
    this.config = config;
    this.quantization = quantization;
    this.contents = contents;
    this.tensors = contents.tensors();
    this.names = Collections.unmodifiableSortedSet(new TreeSet<>(tensors.keySet()));
    this.gguf = gguf;
    this.ownFormats = AssaySection.weights(config);
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
    Optional<Path> gguf = GgufPath.find(directory);
    if (gguf.isPresent()) {
      return new Checkpoint(directory, GgufSource.read(gguf.get()));
    }
    if (directory.toString().isEmpty()) {
      throw new BadCheckpointException(
          "found '', expected a directory in Hugging Face's layout, or a GGUF file");
    }
    if (Files.isRegularFile(directory)) {
      throw new BadCheckpointException(
          directory
              + ": found a file, expected a directory in Hugging Face's layout, or a GGUF file with"
              + " a name that ends in .gguf");
    }
    Path file = directory.resolve("config.json");
    if (!Files.isRegularFile(file) && Files.isRegularFile(directory.resolve(ADAPTER))) {
      throw new BadCheckpointException(
          directory.resolve(ADAPTER)
              + ": found an adapter of PEFT, which is a change to another model; expected a whole"
              + " one: merge it into its base model first");
    }
    if (!Files.isRegularFile(file)) {
      throw new BadCheckpointException(
          file + ": no such file; expected a checkpoint in Hugging Face's layout");
    }
    JsonNode config = JsonFiles.read(file);
    Optional<QuantizationRules> quantization = QuantizationConfigReader.read(directory, config);
    return new Checkpoint(directory, config, quantization, Shards.read(directory).published());
  }

  /** The same checkpoint without some tensors, which no size counts then. */
  public Checkpoint without(Collection<String> names) {
    Contents fewer = contents.without(names, Contents.Reason.STRAY);
    return new Checkpoint(path, directory, config, quantization, fewer, gguf);
  }

  /**
   * The same weights beside other files, some of them replaced: with another's configuration and
   * directory, and its tensors in place of those of their names.
   */
  public Checkpoint with(Checkpoint other) {
    return new Checkpoint(
        path,
        other.directory,
        other.config,
        quantization,
        contents.with(other.contents),
        Optional.empty());
  }

  /** What is not as one would expect of its tensors, a line for each. */
  public List<String> notes() {
    return contents.notes();
  }

  /** What was opened, and can be opened again. */
  public Path path() {
    return path;
  }

  /** Where its tokenizer and other files stand: the directory, or that of the GGUF file. */
  @Override
  public Path directory() {
    return directory;
  }

  /** The file that says how the model is made: {@code config.json}, or the GGUF file itself. */
  @Override
  public Path configuration() {
    return gguf.map(GgufSource::header)
        .map(GgufFile::file)
        .orElseGet(() -> directory.resolve("config.json"));
  }

  /** The content of {@code config.json}, or what it would be. */
  public JsonNode config() {
    return config;
  }

  /** How its linears are quantized, if they are; some of them may be otherwise. */
  public Optional<QuantizationConfig> quantization() {
    return quantization.map(QuantizationRules::general);
  }

  @Override
  public Optional<QuantizationConfig> quantization(String module) {
    return quantization.map(rules -> rules.config(module, fileOf(module)));
  }

  @Override
  public Optional<QuantizationConfig> quantizationIfAny(String module) {
    return quantization.flatMap(rules -> rules.find(module));
  }

  /** Name of the format in which a linear is stored, as {@link StoredWeight#format} has it. */
  public String format(String prefix) {
    Optional<PackedLinear> packed = PackedLinear.find(this, prefix);
    if (packed.isPresent()) {
      return packed.get().format();
    }
    TensorInfo weight = info(prefix + ".weight");
    return weight.encoding() instanceof GgufEncoding encoding && encoding.type().quantized()
        ? encoding.type().toString()
        : DenseWeight.FORMAT;
  }

  /** Whether a linear is stored value by value. */
  public boolean isDense(String prefix) {
    return format(prefix).equals(DenseWeight.FORMAT);
  }

  /** Whether some linears are stored in forms that no published format has. */
  public boolean hasOwnFormats() {
    return !ownFormats.isEmpty();
  }

  @Override
  public Optional<JsonNode> ownFormat(String prefix) {
    return Optional.ofNullable(ownFormats.get(prefix));
  }

  /** The type that the configuration says that its weights have, if it does. */
  @Override
  public Optional<DType> declaredType() {
    String old = config.path("torch_dtype").asText("");
    String label = config.path("dtype").asText(old);
    return Stream.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32)
        .filter(type -> type.label().equals(label.replaceFirst("^torch[.]", "")))
        .findFirst();
  }

  /**
   * The type in which a module's weight is stored or, where it is packed, has its values: what it
   * was in before it was quantized. What comes from GGUF's blocks fits into float16.
   */
  public DType valueType(String prefix) {
    Optional<PackedLinear> packed = PackedLinear.find(this, prefix);
    if (packed.isPresent()) {
      return packed.get().valueType();
    }
    return storedType(prefix + ".weight");
  }

  /** The same of a tensor by its full name. */
  public DType storedType(String name) {
    TensorInfo tensor = info(name);
    boolean blocks =
        tensor.encoding() instanceof GgufEncoding encoding && encoding.type().quantized();
    return blocks ? DType.FLOAT16 : tensor.dtype();
  }

  /** Whether a linear's weight is more than one tensor of values. */
  public boolean isPacked(String prefix) {
    return PackedLinear.find(this, prefix).isPresent();
  }

  /** How many weights a packed linear stands for; 0 where it is not packed. */
  public long packedWeights(String prefix) {
    return PackedLinear.find(this, prefix).map(PackedLinear::parameters).orElse(0L);
  }

  /** The header of the GGUF file, if it is one. */
  public Optional<GgufFile> gguf() {
    return gguf.map(GgufSource::header);
  }

  /** Names of all tensors. */
  @Override
  public SortedSet<String> names() {
    return names;
  }

  @Override
  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  /**
   * Where a tensor is.
   *
   * @throws BadCheckpointException if there is none of that name
   */
  @Override
  public TensorInfo info(String name) {
    TensorInfo info = tensors.get(name);
    if (info == null) {
      throw new BadCheckpointException(
          contents.whyMissing(name).orElse(path + ": tensor '" + name + "' is missing"));
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
    return contents.fileOf(prefix).orElse(path);
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
    if (weight.encoding() instanceof GgufEncoding encoding) {
      return encoding.linear(torch, owner, weight);
    }
    return new DenseWeight(TensorLoader.load(torch, owner, weight), weight.dtype());
  }

  /**
   * Names of the tensors of a packed linear; none where the linear is not packed.
   *
   * @throws BadCheckpointException if it does not fit the configuration
   */
  public Set<String> packedTensors(String prefix) {
    return PackedLinear.find(this, prefix).map(PackedLinear::names).orElse(Set.of());
  }

  /** Linears that are stored packed, by prefix, with the names of all their tensors. */
  public SortedMap<String, Set<String>> packedLinears() {
    SortedMap<String, Set<String>> packed = new TreeMap<>();
    ownFormats.forEach((prefix, entry) -> packed.put(prefix, packedTensors(prefix)));
    for (String name : tensors.keySet()) {
      int dot = name.lastIndexOf('.');
      if (dot > 0 && MAIN_TENSORS.contains(name.substring(dot))) {
        String prefix = name.substring(0, dot);
        PackedLinear.find(this, prefix).ifPresent(linear -> packed.put(prefix, linear.names()));
      }
    }
    return packed;
  }

  /** Whether there is a tokenizer, known or not. */
  public boolean hasTokenizer() {
    return gguf.isPresent() || Files.exists(directory.resolve(TOKENIZER));
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
    return contents.bytesBelow(prefix);
  }

  /** Bytes of all tensors; what several of them share, as tied weights do, counts once. */
  public long weightBytes() {
    return contents.bytes();
  }

  /**
   * Bytes of all weight files, headers included, less tensors that belong to nothing.
   *
   * @throws BadCheckpointException if a file is gone
   */
  public long fileBytes() {
    return contents.fileBytes();
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
