package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.linear.DenseWeight;
import dev.assay.engine.linear.QuantizedWeight;
import dev.assay.engine.linear.StoredWeight;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerRunner;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One decoder layer as a method sees it: its weights in float32, what calibration tells of its
 * inputs, and the place where compressed weights go. All tensors that it hands out live until the
 * walk leaves the layer.
 */
public final class LayerContext {
  private final TorchSession torch;
  private final NDManager scope;
  private final int index;
  private final int reported;
  private final LayerLayout layout;
  private final List<LayerBatch> batches;
  private final DType storedType;
  private final LayerRunner runner;
  private final StatisticsGatherer gatherer;
  private final ScriptModule errors;
  private final Map<String, NDArray> weights;
  private final Map<String, StoredWeight> stored = new LinkedHashMap<>();
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
      DType storedType,
      LayerRunner runner,
      StatisticsGatherer gatherer,
      Map<String, NDArray> weights) {
    this.torch = torch;
    this.scope = scope;
    this.index = index;
    this.reported = reported;
    this.layout = layout;
    this.batches = batches;
    this.storedType = storedType;
    this.runner = runner;
    this.gatherer = gatherer;
    this.errors = torch.script(LayerContext.class, "errors.py");
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

  /** A linear's current weight, float32 [out, in]: as stored once it has been. */
  public NDArray weight(String linear) {
    return current(linear);
  }

  /** A current value that is no linear's weight: of a norm or a bias; nothing if there is none. */
  public Optional<NDArray> value(String name) {
    return Optional.ofNullable(weights.get(name));
  }

  /** All current values by name, see {@link dev.assay.engine.model.LayerTensors#values}. */
  public Map<String, NDArray> weights() {
    return Map.copyOf(weights);
  }

  private NDArray current(String name) {
    NDArray weight = weights.get(name);
    if (weight == null) {
      throw new IllegalArgumentException(
          "layer " + index + " has no '" + name + "', only " + weights.keySet());
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
    weights.put(name, linear ? weight : asStored(weight));
  }

  /** What is left of values that are stored dense, in float32. */
  private NDArray asStored(NDArray value) {
    try (NDManager rounding = scope.newSubManager()) {
      NDArray rounded = torch.tensors().cast(rounding, value, storedType);
      return torch.tensors().copy(scope, torch.tensors().cast(rounding, rounded, DType.FLOAT32));
    }
  }

  /** What calibration tells of a group's input, gathered at the first call. */
  public GroupStatistics statistics(LinearGroup group) {
    GroupStatistics known = statistics.get(group);
    if (known == null) {
      statistics.putAll(gatherer.gather(statisticsScope, weights, group));
      known = statistics.get(group);
      mark = System.nanoTime();
    }
    if (known == null) {
      throw new IllegalStateException("nothing was gathered for " + group);
    }
    return known;
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
   * The output, for an input, of the module that shows what moving a factor does.
   *
   * @param replaced weights to use in place of the current ones
   * @param input what the folding's group sees in a batch
   * @param batch its index
   */
  public NDArray inspect(
      NDManager owner, Folding folding, Map<String, NDArray> replaced, NDArray input, int batch) {
    Map<String, NDArray> all = new HashMap<>(weights);
    all.putAll(replaced);
    return runner.inspect(
        owner,
        index,
        folding.inspected(),
        folding.group(),
        all,
        input,
        batches.get(batch).surroundings());
  }

  /** Stores a weight value by value, in the type that the method keeps dense weights in. */
  public void storeDense(String linear, NDArray values, @Nullable String note) {
    store(
        linear, new DenseWeight(torch.tensors().cast(scope, values, storedType), storedType), note);
  }

  /**
   * Stores a quantized weight, its scales in 16 bits as the published formats have them; in 32 bits
   * if the checkpoint is of float32.
   */
  public void storeQuantized(String linear, QuantizedWeight weight, @Nullable String note) {
    DType scaleType = storedType == DType.FLOAT32 ? DType.FLOAT32 : DType.FLOAT16;
    store(
        linear,
        new QuantizedWeight(
            weight.codes(),
            torch.tensors().cast(scope, weight.scales(), scaleType),
            weight.zeros(),
            weight.groupIndex(),
            weight.grid()),
        note);
  }

  private void store(String linear, StoredWeight weight, @Nullable String note) {
    NDArray original = weight(linear);
    NDArray values = weight.dequantize(torch, scope);
    long size = weight.outFeatures() * weight.inFeatures();
    NDArray hessian = knownHessian(linear);
    outcomes.add(
        new LinearOutcome(
            reported,
            linear,
            weight.outFeatures(),
            weight.inFeatures(),
            hessian == null
                ? errors.callForDouble("weight_error", original, values)
                : errors.callForDouble("output_error", original, values, hessian),
            hessian == null ? "weight" : "output",
            errors.callForDouble("zeros_share", values),
            weight.storedBytes() * 8.0 / size,
            (System.nanoTime() - mark) / 1e9,
            note));
    stored.put(linear, weight);
    weights.put(linear, values);
    mark = System.nanoTime();
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
