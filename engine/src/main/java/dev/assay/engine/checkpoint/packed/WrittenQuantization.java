package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.CodebookWeight;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.OutlierInput;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.ScaledWeight;
import dev.assay.engine.weight.sparse.BitmaskLayout;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How the modules of a checkpoint that is being written are stored, so that its configuration says
 * what its tensors are. GPTQ's and compressed-tensors' say it of each module, the others once for
 * all.
 */
public final class WrittenQuantization {
  private static final Pattern HEAD = Pattern.compile("(.*\\.)?(lm_head|embed_out)");
  private static final double THRESHOLD = 6;
  private static final Pattern IN_LAYER = Pattern.compile(".*\\.\\d+\\..*");

  private final SortedMap<String, QuantizationConfig> packed = new TreeMap<>();
  private final SortedMap<String, CodebookWeight> codebooks = new TreeMap<>();
  private final SortedMap<String, CompressedForm> compressed = new TreeMap<>();
  private final SortedMap<String, ScaledWeight> blockFloats = new TreeMap<>();
  private final SortedMap<String, InputScheme> inputs = new TreeMap<>();
  private final SortedMap<String, Optional<WrittenCache>> caches = new TreeMap<>();
  private final SortedSet<String> bytes = new TreeSet<>();
  private final SortedSet<String> dense = new TreeSet<>();
  private final SortedMap<String, String> obstacles = new TreeMap<>();
  private final SortedSet<String> wideScales = new TreeSet<>();
  private final SortedSet<String> divisors = new TreeSet<>();
  private final SortedSet<String> shortGroups = new TreeSet<>();
  private Optional<QuantizationConfig.Format> version = Optional.empty();
  private Optional<BitmaskLayout> sparsity = Optional.empty();
  private final SortedSet<String> sparse = new TreeSet<>();
  private Zeros zeros = new Zeros(0, 0);

  /** Notes a linear that is stored dense. */
  public void dense(String module) {
    dense.add(module);
  }

  /**
   * How many zeros linears have.
   *
   * @param weights among so many weights
   */
  record Zeros(long zeros, long weights) {
    double share() {
      return weights == 0 ? 0 : (double) zeros / weights;
    }
  }

  /** Says that linears without their zeros are to be in a layout of compressed-tensors. */
  public void sparsity(BitmaskLayout layout) {
    sparsity = Optional.of(layout);
  }

  /** The layout of linears without their zeros; nothing where they are in forms of our own. */
  public Optional<BitmaskLayout> sparsity() {
    return sparsity;
  }

  /** Notes a linear without its zeros, which compressed-tensors' configuration says. */
  public void sparse(String module) {
    sparse.add(module);
  }

  /** Linears without their zeros. */
  SortedSet<String> sparse() {
    return Collections.unmodifiableSortedSet(sparse);
  }

  /** Counts zeros of a linear. */
  public void count(long more, long weights) {
    zeros = new Zeros(zeros.zeros() + more, zeros.weights() + weights);
  }

  /** Of all linears that were counted. */
  Zeros zeros() {
    return zeros;
  }

  /**
   * Notes a packed linear.
   *
   * @throws IllegalArgumentException if the format cannot say that it is otherwise than the others
   */
  public void packed(String module, QuantizationConfig config) {
    if (!accepts(config)) {
      Map.Entry<String, QuantizationConfig> first = packed.entrySet().iterator().next();
      throw new IllegalArgumentException(
          "one checkpoint cannot hold both %s and %s: found %s and %s"
              .formatted(first.getKey(), module, label(first.getValue()), label(config)));
    }
    packed.put(module, config);
  }

  private static String label(QuantizationConfig config) {
    return "%s of %d bits, group size %d"
        .formatted(config.format().label(), config.bits(), config.groupSize());
  }

  /**
   * Notes a linear of codes into a table, which bitsandbytes' configuration says of all, and none
   * of the others.
   */
  public void codebook(String module, CodebookWeight weight) {
    codebooks.put(module, weight);
  }

  /**
   * Notes a linear of small floats, or of signed bytes beside a rounded input, which
   * compressed-tensors' configuration says of each.
   */
  public void compressed(String module, CompressedForm form) {
    compressed.put(module, form);
  }

  /**
   * Notes a linear of 8-bit floats under scales of blocks, which transformers' configuration says
   * of all, and none of the others.
   */
  public void blockFloats(String module, ScaledWeight weight) {
    blockFloats.put(module, weight);
  }

  /** Linears that compressed-tensors' configuration says so of. */
  SortedMap<String, CompressedForm> compressed() {
    return Collections.unmodifiableSortedMap(compressed);
  }

  /** Linears of 8-bit floats under scales of blocks. */
  SortedMap<String, ScaledWeight> blockFloats() {
    return Collections.unmodifiableSortedMap(blockFloats);
  }

  /** Linears of codes on grids. */
  SortedMap<String, QuantizationConfig> packed() {
    return Collections.unmodifiableSortedMap(packed);
  }

  /** Linears of codes into a table. */
  SortedMap<String, CodebookWeight> codebooks() {
    return Collections.unmodifiableSortedMap(codebooks);
  }

  /** Notes a linear of signed bytes, which bitsandbytes' configuration says of all. */
  public void bytes(String module) {
    bytes.add(module);
  }

  /**
   * Says which version of GPTQ's format is wanted whatever the grids, as in what the weights come
   * from.
   *
   * @param wanted one of GPTQ's
   */
  public void version(QuantizationConfig.Format wanted) {
    version = Optional.of(wanted);
  }

  /** Notes what is done to a linear's input. */
  public void input(String module, InputScheme scheme) {
    inputs.put(module, scheme);
    if (scheme.turns()) {
      obstacles.put(
          module, "its input is rotated at each call, as no published configuration says");
    }
  }

  /** What compressed-tensors' configuration can say of a linear's input. */
  Optional<ActivationArguments> activations(String module) {
    return Optional.ofNullable(inputs.get(module)).flatMap(ActivationArguments::of);
  }

  /**
   * What stands beside a weight of compressed-tensors of a grid of its input that calibration
   * found.
   *
   * @param owner manager of the tensors
   */
  public SortedMap<String, NDArray> inputTensors(NDManager owner, String module) {
    return activations(module).isEmpty()
        ? new TreeMap<>()
        : ActivationArguments.tensors(owner, Objects.requireNonNull(inputs.get(module)));
  }

  /**
   * Whether a linear's input is rounded in a way that compressed-tensors' configuration can say.
   */
  public boolean roundsInput(String module) {
    return activations(module).isPresent();
  }

  /**
   * Notes the grids of an attention's keys and values.
   *
   * @param attention name of its module
   * @param grids nothing where they are kept in a way that no published configuration says
   */
  public void cache(String attention, Optional<WrittenCache> grids) {
    caches.put(attention, grids);
  }

  /** The grids of keys and values that the configuration is to say; none where it cannot. */
  public SortedMap<String, WrittenCache> caches() {
    SortedMap<String, WrittenCache> said = new TreeMap<>();
    caches.forEach((module, grids) -> grids.ifPresent(each -> said.put(module, each)));
    Optional<WrittenCache> first = said.values().stream().findFirst();
    boolean all = said.size() == caches.size() && first.isPresent();
    boolean alike = all && said.values().stream().allMatch(first.get()::isLike);
    return alike && isCompressedTensors() ? said : new TreeMap<>();
  }

  private boolean isCompressedTensors() {
    return format()
        .map(format -> format == QuantizationConfig.Format.COMPRESSED_TENSORS)
        .orElse(!compressed.isEmpty());
  }

  /** From which magnitude on LLM.int8() leaves features alone; its own default if none says. */
  double threshold() {
    for (Map.Entry<String, InputScheme> input : inputs.entrySet()) {
      if (bytes.contains(input.getKey()) && input.getValue() instanceof OutlierInput outliers) {
        return outliers.threshold();
      }
    }
    return THRESHOLD;
  }

  /** Linears of signed bytes. */
  SortedSet<String> bytes() {
    return Collections.unmodifiableSortedSet(bytes);
  }

  /** Notes what keeps other tools from loading a linear. */
  public void obstacle(String module, String why) {
    obstacles.put(module, why);
  }

  /** Notes a tensor that an activation is divided by. */
  public void divisor(String tensor) {
    divisors.add(tensor);
  }

  /** Notes a linear whose scales would be others in float16. */
  public void wideScales(String module) {
    wideScales.add(module);
  }

  /** What keeps other tools from loading linears, whatever the configuration says. */
  SortedMap<String, String> ownObstacles() {
    return Collections.unmodifiableSortedMap(obstacles);
  }

  /** What activations are divided by. */
  SortedSet<String> divisors() {
    return Collections.unmodifiableSortedSet(divisors);
  }

  /** What is done to inputs. */
  SortedMap<String, InputScheme> inputs() {
    return Collections.unmodifiableSortedMap(inputs);
  }

  /** Notes a linear whose last group is shorter than the others. */
  public void shortGroup(String module) {
    shortGroups.add(module);
  }

  /** Linears whose last group is shorter than the others. */
  SortedSet<String> shortGroups() {
    return Collections.unmodifiableSortedSet(shortGroups);
  }

  /** Linears with scales that would be others in float16. */
  SortedSet<String> wideScales() {
    return Collections.unmodifiableSortedSet(wideScales);
  }

  /** Whether a linear can be packed so beside those that there are. */
  public boolean accepts(QuantizationConfig config) {
    return packed.values().stream()
        .allMatch(
            other ->
                config.format() == QuantizationConfig.Format.AWQ
                    ? other.merge(config).isPresent()
                    : config.format() == other.format());
  }

  /**
   * The configuration that a linear is packed with. A checkpoint has one version of GPTQ's format.
   * The first has no place for a zero of 0, the second has one for all.
   */
  public QuantizationConfig config(TorchSession torch, QuantizedWeight weight) {
    QuantizationConfig config = QuantizationConfig.of(weight.grid());
    Optional<QuantizationConfig.Format> format = format();
    if (version.isPresent() && config.isGptq()) {
      return config.as(version.get());
    }
    if (!config.isGptq() || format.isEmpty() || format.get() == config.format()) {
      return config;
    }
    return switch (format.get()) {
      case GPTQ_V2 -> config.as(QuantizationConfig.Format.GPTQ_V2);
      case GPTQ ->
          GptqFormat.hasNoZeroAtZero(torch, weight)
              ? config.as(QuantizationConfig.Format.GPTQ)
              : config;
      default -> config;
    };
  }

  /** The format of what is packed, if something is. */
  public Optional<QuantizationConfig.Format> format() {
    return packed.values().stream().map(QuantizationConfig::format).findFirst();
  }

  /** Linears that are stored dense. */
  SortedSet<String> dense() {
    return Collections.unmodifiableSortedSet(dense);
  }

  /** Whether the head is packed. */
  boolean packsHead() {
    return Stream.of(
            packed.keySet(), compressed.keySet(), blockFloats.keySet(), codebooks.keySet(), bytes)
        .flatMap(Set::stream)
        .anyMatch(module -> HEAD.matcher(module).matches());
  }

  /** Whether a module is part of a layer, which are numbered. */
  static boolean isInLayer(String module) {
    return IN_LAYER.matcher(module).matches();
  }

  /** What holds for most of the packed linears: for all of them where the format cannot differ. */
  public Optional<QuantizationConfig> general() {
    Map<String, QuantizationConfig> kinds = new LinkedHashMap<>();
    Map<String, Integer> counts = new LinkedHashMap<>();
    packed.forEach(
        (module, config) -> {
          String kind = kind(config);
          kinds.merge(kind, config, (one, other) -> one.merge(other).orElse(one));
          counts.merge(kind, 1, Integer::sum);
        });
    Collection<Map.Entry<String, Integer>> all = counts.entrySet();
    return all.stream()
        .max(Map.Entry.comparingByValue())
        .map(entry -> Objects.requireNonNull(kinds.get(entry.getKey())));
  }

  /** The packed linears of which that does not hold. */
  SortedMap<String, QuantizationConfig> others() {
    SortedMap<String, QuantizationConfig> others = new TreeMap<>(packed);
    general().ifPresent(most -> others.values().removeIf(one -> kind(one).equals(kind(most))));
    return others;
  }

  /** What the weights of one general configuration have in common. */
  private static String kind(QuantizationConfig config) {
    String kind = config.bits() + " " + config.groupSize();
    return config.format() == QuantizationConfig.Format.COMPRESSED_TENSORS
        ? kind + " " + config.symmetric() + " " + config.actOrder()
        : kind;
  }
}
