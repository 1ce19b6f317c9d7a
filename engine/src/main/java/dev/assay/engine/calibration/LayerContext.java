package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.Side;
import dev.assay.engine.run.LayerRunner;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One decoder layer as a method sees it: its weights in float32, what calibration tells of its
 * inputs, and the place where compressed weights go. Memory is bounded: a weight's values are freed
 * once it is stored, and a group's statistics once all its linears are. Methods should work on each
 * linear in a manager of their own below {@link #scope}; what is stored outlives it.
 */
public final class LayerContext {
  private final TorchSession torch;
  private final NDManager scope;
  private final int index;
  private final int reported;
  private final LayerLayout layout;
  private final List<LayerBatch> batches;
  private final Map<String, DType> types;
  private final StorageChoice storage;
  private final LayerRunner runner;
  private final StatisticsGatherer gatherer;
  private final ScriptModule errors;
  private final boolean keepsOriginal;
  private final Map<String, NDArray> original;
  private final Map<String, NDArray> weights;
  private final Map<String, StoredWeight> stored = new LinkedHashMap<>();
  private final Set<String> replaced = new LinkedHashSet<>();
  private final Map<LinearGroup, GroupStatistics> statistics = new HashMap<>();
  private final List<LinearOutcome> outcomes = new ArrayList<>();
  private NDManager statisticsScope;
  private long mark = System.nanoTime();

  LayerContext(
      TorchSession torch,
      NDManager scope,
      int index,
      int reported,
      LayerLayout layout,
      List<LayerBatch> batches,
      Map<String, DType> types,
      StorageChoice storage,
      LayerRunner runner,
      StatisticsGatherer gatherer,
      boolean keepsOriginal,
      Map<String, NDArray> weights) {
    this.torch = torch;
    this.scope = scope;
    this.index = index;
    this.reported = reported;
    this.layout = layout;
    this.batches = batches;
    this.types = types;
    this.storage = storage;
    this.runner = runner;
    this.gatherer = gatherer;
    this.errors = torch.script(LayerContext.class, "errors.py");
    this.keepsOriginal = keepsOriginal;
    this.original = weights;
    this.weights = new HashMap<>(weights);
    this.statisticsScope = scope.newSubManager();
  }

  public TorchSession torch() {
    return torch;
  }

  /** Owner of tensors that are to live as long as the layer. */
  public NDManager scope() {
    return scope;
  }

  /** Position of the layer in its stack, from 0. */
  public int index() {
    return index;
  }

  public LayerLayout layout() {
    return layout;
  }

  /**
   * A linear's weight, float32 [out, in]; no longer there once it has been stored.
   *
   * @throws IllegalArgumentException if there is no such weight
   */
  public NDArray weight(String linear) {
    return current(linear);
  }

  /**
   * The weight that linears are stored in together, [out of all, in], its rows theirs one after
   * another; no copy where it is one linear.
   *
   * @param owner of the copy
   * @param linears of one stored weight, see {@link LayerLayout#storedTogether}
   */
  public NDArray weights(NDManager owner, List<String> linears) {
    return linears.size() == 1
        ? weight(linears.get(0))
        : torch.tensors().concatenate(owner, linears.stream().map(this::weight).toList(), 0);
  }

  /** A current value that is no linear's weight: of a norm or a bias; nothing if there is none. */
  public Optional<NDArray> value(String name) {
    return Optional.ofNullable(weights.get(name));
  }

  /**
   * All current values by name, see {@link dev.assay.engine.model.LayerTensors#values}.
   *
   * @param owner of the values of what has been stored
   */
  public Map<String, NDArray> values(NDManager owner) {
    Map<String, NDArray> all = new HashMap<>(weights);
    stored.forEach((linear, weight) -> all.put(linear, weight.dequantize(torch, owner)));
    return all;
  }

  /** The values of what has not been stored, by name. */
  Map<String, NDArray> unstored() {
    return weights;
  }

  private NDArray current(String name) {
    NDArray weight = weights.get(name);
    if (weight == null) {
      throw new IllegalArgumentException(
          "layer "
              + index
              + " has no '"
              + name
              + "', only "
              + weights.keySet()
              + "; stored are "
              + stored.keySet());
    }
    return weight;
  }

  /** Replaces a weight by an equivalent one, such as a norm that a factor was folded into. */
  public void replace(String name, NDArray weight) {
    if (!weight.getShape().equals(current(name).getShape())) {
      throw new IllegalArgumentException(
          name + ": found " + weight.getShape() + ", expected " + current(name).getShape());
    }
    weight.attach(scope);
    boolean linear = layout.linears().anyMatch(name::equals);
    if (linear) {
      replaced.add(name);
    }
    weights.put(name, linear ? weight : asStored(name, weight));
  }

  /**
   * Divides the activation's output by a factor for each channel, beside any that it is divided by
   * already.
   *
   * @param divisors float32 [channels]
   * @return the factors by which it is divided further, in the type that they are stored in
   * @throws IllegalArgumentException if the layer has no place for them
   */
  public NDArray divideActivation(NDArray divisors) {
    String name = layout.side().get(Side.ACTIVATION);
    if (name == null) {
      throw new IllegalArgumentException("layer " + index + " has no activation that is divided");
    }
    NDArray before = weights.get(name);
    if (before == null) {
      NDArray stored = asStored(name, divisors);
      weights.put(name, stored);
      return stored;
    }
    try (NDManager product = scope.newSubManager()) {
      NDArray both = divisors.mul(before);
      both.attach(product);
      NDArray stored = asStored(name, both);
      weights.put(name, stored);
      NDArray further = stored.div(before);
      further.attach(scope);
      return further;
    }
  }

  /**
   * What is left of values that are stored dense, in float32.
   *
   * @throws BadInputException if a value is too large for the type
   */
  private NDArray asStored(String name, NDArray value) {
    try (NDManager rounding = scope.newSubManager()) {
      DType type = type(name);
      NDArray rounded = torch.tensors().cast(rounding, value, type);
      if (!torch.tensors().isFinite(rounded)) {
        throw tooLarge(name, "value", errors.callForDouble("greatest", value), type);
      }
      return torch.tensors().copy(scope, torch.tensors().cast(rounding, rounded, DType.FLOAT32));
    }
  }

  /** What calibration tells of a group's input, gathered at the first call. */
  public GroupStatistics statistics(LinearGroup group) {
    GroupStatistics known = statistics.get(group);
    if (known == null) {
      List<LinearGroup> others =
          layout.groups().stream().filter(other -> !isStored(other)).toList();
      known = gather(group, others);
    }
    return known;
  }

  /** The same of a group alone, gathered with the weights as they are now. */
  public GroupStatistics statisticsNow(LinearGroup group) {
    forgetStatistics();
    return gather(group, List.of());
  }

  private GroupStatistics gather(LinearGroup group, List<LinearGroup> others) {
    try (NDManager dequantized = scope.newSubManager()) {
      statistics.putAll(gatherer.gather(statisticsScope, values(dequantized), group, others));
    }
    mark = System.nanoTime();
    return Objects.requireNonNull(statistics.get(group), "what was asked for");
  }

  private boolean isStored(LinearGroup group) {
    return stored.keySet().containsAll(group.linears());
  }

  /**
   * Forgets statistics and frees their tensors, so that the next ones are gathered with the weights
   * as they are now.
   */
  public void forgetStatistics() {
    statistics.clear();
    statisticsScope.close();
    statisticsScope = scope.newSubManager();
  }

  /**
   * The module that shows what moving a factor does, with weights in place of the current ones.
   *
   * @param replaced linears of the folding
   * @param inputs what the folding's group sees in each batch
   */
  public InspectedFolding inspect(
      Folding folding, Map<String, NDArray> replaced, List<NDArray> inputs) {
    NDManager dequantized = scope.newSubManager();
    try {
      Map<String, NDArray> all = values(dequantized);
      all.putAll(replaced);
      List<@Nullable NDArray> memories = new ArrayList<>();
      batches.forEach(batch -> memories.add(batch.memory()));
      return new InspectedFolding(dequantized, runner.bind(index, all), folding, inputs, memories);
    } catch (RuntimeException e) {
      dequantized.close();
      throw e;
    }
  }

  /** The type in which a value is stored where it stays dense. */
  private DType type(String name) {
    DType type = types.get(name);
    if (type == null) {
      throw new IllegalArgumentException("layer " + index + " has no '" + name + "'");
    }
    return type;
  }

  /** Stores value by value what several linears are stored in, the rows of one after another. */
  public void storeDense(List<String> linears, NDArray values, @Nullable String note) {
    if (linears.size() == 1) {
      storeDense(linears.get(0), values, note);
      return;
    }
    eachPart(
        linears,
        (part, from, to, owner) ->
            storeDense(part, torch.tensors().rows(owner, values, from, to), note));
  }

  /** Stores quantized what several linears are stored in, the rows of one after another. */
  public void storeQuantized(List<String> linears, QuantizedWeight weight, @Nullable String note) {
    if (linears.size() == 1) {
      storeQuantized(linears.get(0), weight, note);
      return;
    }
    eachPart(
        linears,
        (part, from, to, owner) ->
            storeQuantized(
                part,
                new QuantizedWeight(
                    torch.tensors().rows(owner, weight.codes(), from, to),
                    torch.tensors().rows(owner, weight.scales(), from, to),
                    torch.tensors().rows(owner, weight.zeros(), from, to),
                    torch.tensors().copy(owner, weight.groupIndex()),
                    weight.grid()),
                note));
  }

  /** Takes up some rows of what several linears are stored in. */
  private interface Part {
    void store(String linear, long from, long to, NDManager owner);
  }

  private void eachPart(List<String> linears, Part action) {
    long from = 0;
    for (String linear : linears) {
      long to = from + weight(linear).getShape().get(0);
      try (NDManager rows = scope.newSubManager()) {
        action.store(linear, from, to, rows);
      }
      from = to;
    }
  }

  /**
   * Stores a weight value by value, in the type that the method keeps this one in.
   *
   * @throws BadInputException if a value is too large for the type
   */
  public void storeDense(String linear, NDArray values, @Nullable String note) {
    DType type = type(linear);
    NDArray stored = torch.tensors().cast(scope, values, type);
    if (!torch.tensors().isFinite(stored)) {
      throw tooLarge(linear, "weight", errors.callForDouble("greatest", values), type);
    }
    store(linear, new DenseWeight(stored, type), note);
  }

  /**
   * Stores a quantized weight: in the layout that other tools load, see {@link StorageChoice}, its
   * scales in the type that holds them, see {@link ScaleType}.
   *
   * @throws BadInputException if a scale is beyond float32
   */
  public void storeQuantized(String linear, QuantizedWeight weight, @Nullable String note) {
    DType type = ScaleType.of(errors, weight, type(linear));
    if (!torch.tensors().isFinite(weight.scales())) {
      throw tooLarge(linear, "scale", Double.POSITIVE_INFINITY, DType.FLOAT32);
    }
    long out = layout.storedRows(layout.linear(linear));
    StorageChoice.Choice choice = storage.of(weight.grid(), out, weight.inFeatures());
    boolean widened = type == DType.FLOAT32 && type(linear) != DType.FLOAT32;
    store(
        linear,
        new QuantizedWeight(
            kept(weight.codes()),
            torch.tensors().cast(scope, weight.scales(), type),
            kept(weight.zeros()),
            kept(weight.groupIndex()),
            choice.grid()),
        joined(note, choice.note(), widened ? "scales in float32: beyond float16's range" : null));
  }

  /** Stores linears that were replaced and nothing else, value by value. */
  void storeReplaced() {
    List.copyOf(replaced).forEach(linear -> storeDense(linear, weight(linear), "folded"));
  }

  private static @Nullable String joined(@Nullable String... notes) {
    String joined = Stream.of(notes).filter(Objects::nonNull).collect(Collectors.joining("; "));
    return joined.isEmpty() ? null : joined;
  }

  private BadInputException tooLarge(String linear, String what, double found, DType type) {
    return new BadInputException(
        "layer %d, %s: found a %s of magnitude %.4g, expected at most %.4g, the limit of %s"
            .formatted(reported, linear, what, found, type.greatest(), type.label()));
  }

  private NDArray kept(NDArray tensor) {
    tensor.attach(scope);
    return tensor;
  }

  private void store(String linear, StoredWeight weight, @Nullable String note) {
    NDArray before = weight(linear);
    long size = weight.outFeatures() * weight.inFeatures();
    NDArray hessian = knownHessian(linear);
    try (NDManager comparison = scope.newSubManager()) {
      NDArray values = weight.dequantize(torch, comparison);
      outcomes.add(
          new LinearOutcome(
              reported,
              linear,
              weight.outFeatures(),
              weight.inFeatures(),
              hessian == null
                  ? errors.callForDouble("weight_error", before, values)
                  : errors.callForDouble("output_error", before, values, hessian),
              hessian == null ? "weight" : "output",
              errors.callForDouble("zeros_share", values),
              weight.storedBytes() * 8.0 / size,
              (System.nanoTime() - mark) / 1e9,
              note));
    }
    stored.put(linear, weight);
    replaced.remove(linear);
    free(linear, before);
    mark = System.nanoTime();
  }

  /** Frees what nothing needs once a linear is stored. */
  private void free(String linear, NDArray before) {
    weights.remove(linear);
    if (!keepsOriginal || before != original.get(linear)) {
      before.close();
    }
    layout.groups().stream()
        .filter(this::isStored)
        .map(statistics::remove)
        .filter(Objects::nonNull)
        .forEach(GroupStatistics::close);
  }

  private @Nullable NDArray knownHessian(String linear) {
    for (Map.Entry<LinearGroup, GroupStatistics> entry : statistics.entrySet()) {
      if (entry.getKey().linears().contains(linear) && entry.getValue().has(Statistic.HESSIAN)) {
        return entry.getValue().hessian();
      }
    }
    return null;
  }

  /** What was stored, by linear. */
  Map<String, StoredWeight> stored() {
    return stored;
  }

  List<LinearOutcome> outcomes() {
    return outcomes;
  }
}
