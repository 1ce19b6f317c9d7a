package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.CacheScheme;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.LayerCut;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.run.BoundLayer;
import dev.assay.engine.run.LayerRunner;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One layer as a method sees it: its weights in float32, what calibration tells of its inputs, and
 * the place where compressed weights go. Of the linears it sees those that the stage is to work on.
 * Memory is bounded: once a weight is stored the values that it now stands for take the place of
 * those before, and a group's statistics are freed once all its linears are stored. Methods should
 * work on each linear in a manager of their own below {@link #scope}; what is stored outlives it.
 */
public final class LayerContext implements LayerView {
  private final TorchSession torch;
  private final NDManager scope;
  private final int index;
  private final int position;
  private final LayerLayout layout;
  private final Map<String, StoredWeight> rounded;
  private final List<LayerBatch> batches;
  private final List<LayerBatch> untouched;
  private final LayerStorage storage;
  private final LayerRunner runner;
  private final LayerStatistics statistics;
  private final LayerStatistics before;
  private final LayerOutcomes outcomes;
  private final LayerState state;
  private final LinearStore store;
  private LayerSpec spec;

  /**
   * Which layer it is.
   *
   * @param index position in its stack
   * @param position among all layers of the model
   * @param spec what it is
   * @param selected what it is made of, as far as the stage works on it
   * @param rounded its linears as they are stored, where the values are those before
   */
  record Place(
      int index,
      int position,
      LayerSpec spec,
      LayerLayout selected,
      Map<String, StoredWeight> rounded) {}

  /**
   * What flows into it.
   *
   * @param untouched what would without the stage, where that flows too
   * @param before statistics of that
   */
  record Inputs(
      List<LayerBatch> batches,
      List<LayerBatch> untouched,
      LayerRunner runner,
      LayerStatistics statistics,
      LayerStatistics before) {}

  /**
   * What becomes of it.
   *
   * @param rounds whether the method is to round every linear
   */
  record Results(LayerStorage storage, LayerOutcomes outcomes, LayerState state, boolean rounds) {}

  LayerContext(TorchSession torch, NDManager scope, Place place, Inputs inputs, Results results) {
    this.torch = torch;
    this.scope = scope;
    this.index = place.index();
    this.position = place.position();
    this.spec = place.spec();
    this.layout = place.selected();
    this.rounded = place.rounded();
    this.batches = inputs.batches();
    this.untouched = inputs.untouched();
    this.runner = inputs.runner();
    this.statistics = inputs.statistics();
    this.before = inputs.before();
    this.storage = results.storage();
    this.outcomes = results.outcomes();
    this.state = results.state();
    this.store = new LinearStore(torch, scope, statistics, results);
  }

  @Override
  public TorchSession torch() {
    return torch;
  }

  @Override
  public NDManager scope() {
    return scope;
  }

  /** Position of the layer in its stack, from 0. */
  public int index() {
    return index;
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public LayerLayout layout() {
    return layout;
  }

  @Override
  public LayerSpec spec() {
    return spec;
  }

  /** Where factors can move from a group's linears, without touching one that is left alone. */
  public List<Folding> foldings(LinearGroup group) {
    int whole = statistics.indexOf(group);
    return layout.foldings().stream().filter(folding -> folding.group() == whole).toList();
  }

  @Override
  public NDArray weight(String linear) {
    return state.unstored(linear);
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

  /**
   * The form in which a linear is stored whose weight is shown as it was before it was rounded.
   *
   * @throws IllegalArgumentException if the method does not say that it corrects
   */
  public StoredWeight rounded(String linear) {
    StoredWeight weight = rounded.get(linear);
    if (weight == null) {
      throw new IllegalArgumentException("layer " + index + ": no stage has rounded " + linear);
    }
    return weight;
  }

  /** A current value that is no linear's weight: of a norm or a bias; nothing if there is none. */
  public Optional<NDArray> value(String name) {
    return Optional.ofNullable(state.values().get(name));
  }

  /**
   * All current values by name, see {@link dev.assay.engine.model.LayerWeights#values}; those that
   * stored weights stand for where they are stored.
   */
  public Map<String, NDArray> values() {
    return Collections.unmodifiableMap(state.values());
  }

  /** Replaces a weight by an equivalent one, such as a norm that a factor was folded into. */
  public void replace(String name, NDArray weight) {
    NDArray before = state.unstored(name);
    if (!weight.getShape().equals(before.getShape())) {
      throw new IllegalArgumentException(
          name + ": found " + weight.getShape() + ", expected " + before.getShape());
    }
    weight.attach(scope);
    boolean linear = spec.layout().names().contains(name);
    if (linear) {
      store.replaced(name, before, weight);
    }
    state.replace(name, linear ? weight : storage.rounded(scope, name, weight), linear);
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
    String name = layout.modules().get(LayerModule.ACTIVATION);
    if (name == null) {
      throw new IllegalArgumentException("layer " + index + " has no activation that is divided");
    }
    NDArray before = state.values().get(name);
    if (before == null) {
      NDArray stored = storage.rounded(scope, name, divisors);
      state.replace(name, stored, false);
      return stored;
    }
    try (NDManager product = scope.newSubManager()) {
      NDArray both = divisors.mul(before);
      both.attach(product);
      NDArray stored = storage.rounded(scope, name, both);
      state.replace(name, stored, false);
      NDArray further = stored.div(before);
      further.attach(scope);
      return further;
    }
  }

  /**
   * What is done to the input of a linear from now on: in the place of what was done, but after
   * what turns it.
   */
  public void treatInput(String linear, InputScheme scheme) {
    requireSelected(linear);
    statistics.forget();
    InputScheme whole = spec.linear(linear).input().followedBy(scheme);
    spec = spec.with(linear, spec.linear(linear).with(whole));
  }

  /** In which form keys and values are kept from now on. */
  public void keep(CacheScheme scheme) {
    statistics.forget();
    spec = spec.with(scheme);
  }

  /**
   * The keys and values that calibration samples would leave in a cache, batch by batch, float32
   * [sequences, 2 · heads, tokens, width of a head], the keys of all heads before the values.
   *
   * @param unturned whether keys are wanted as they are before positions turn them
   * @param reader gets those of each batch, which live as long as its call
   */
  public void keysAndValues(boolean unturned, Consumer<NDArray> reader) {
    try (BoundLayer bound = runner.bind(spec, state.values())) {
      for (LayerBatch batch : batches) {
        try (NDManager each = scope.newSubManager()) {
          reader.accept(bound.keysAndValues(each, batch.activations(), batch.memory(), unturned));
        }
      }
    }
  }

  @Override
  public GroupStatistics statistics(LinearGroup group) {
    GroupStatistics told = statistics.of(group, spec, state);
    outcomes.mark();
    return told;
  }

  /**
   * The same of the input that the group would have if the layers before were as they were before
   * the stage. To be asked for before a linear of the layer is stored.
   *
   * @throws IllegalStateException if the method does not let both flow, see {@link
   *     Propagation#BOTH}
   */
  public GroupStatistics statisticsBefore(LinearGroup group) {
    GroupStatistics told = before.of(group, spec, state);
    outcomes.mark();
    return told;
  }

  /** The same of a group alone, gathered with the weights as they are now. */
  public GroupStatistics statisticsNow(LinearGroup group) {
    GroupStatistics told = statistics.now(group, spec, state);
    outcomes.mark();
    return told;
  }

  /** Frees the statistics of a group that are of no use any more. */
  public void freeStatistics(LinearGroup group) {
    statistics.free(group);
    before.free(group);
  }

  /**
   * Forgets statistics and frees their tensors, so that the next ones are gathered with the weights
   * as they are now.
   */
  public void forgetStatistics() {
    statistics.forget();
  }

  /**
   * The module that shows what moving a factor does, with weights in place of the current ones.
   *
   * @param replaced linears of the folding
   * @param inputs what the folding's group sees in each batch
   */
  public InspectedFolding inspect(
      Folding folding, Map<String, NDArray> replaced, List<NDArray> inputs) {
    NDManager owner = scope.newSubManager();
    try {
      Map<String, NDArray> all = new HashMap<>(state.values());
      all.putAll(replaced);
      List<@Nullable NDArray> memories = new ArrayList<>();
      batches.forEach(batch -> memories.add(batch.memory()));
      return new InspectedFolding(owner, runner.bind(spec, all), folding, inputs, memories);
    } catch (RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  /** What calibration puts into the layer; none without calibration. */
  public List<LayerBatch> inputs() {
    return Collections.unmodifiableList(batches);
  }

  /**
   * What would be put into it if the layers before were as they were before the stage, batch by
   * batch as {@link #inputs}; none where the method does not let both flow.
   */
  public List<LayerBatch> inputsBefore() {
    return Collections.unmodifiableList(untouched);
  }

  /** The layer with the values that it has now, ready to run; to be closed before another. */
  public BoundLayer bind() {
    return runner.bind(spec, state.values());
  }

  /**
   * The layer as a module to be differentiated, see {@link LayerRunner#differentiable}, with the
   * values that it has now and other modules in place of some linears.
   *
   * @param owner of what is made for it
   */
  public ModuleNode differentiable(NDManager owner, Map<String, ModuleNode> linears) {
    linears.keySet().forEach(this::requireSelected);
    long tokens = batches.get(0).activations().getShape().get(1);
    return runner.differentiable(owner, spec, state.values(), linears, tokens);
  }

  /**
   * Takes heads and channels out of the layer, which is narrower from now on, and stores what is
   * left of its linears. Those that the cut leaves whole are not stored.
   *
   * @param weights of linears that are to have other values than those that they had, what is left
   *     of them alone, float32
   * @param biases what is to be added to the outputs of linears whose rows all stay, float32 [out];
   *     they have biases from now on
   * @throws IllegalArgumentException if the stage leaves a linear alone that the cut changes, or
   *     the layer cannot be cut so
   */
  public void cut(
      LayerCut cut,
      Map<String, NDArray> weights,
      Map<String, NDArray> biases,
      @Nullable String note) {
    cut.changed(spec).forEach(this::requireSelected);
    spec =
        new LayerCutting(torch, scope, spec, state, store, storage).cut(cut, weights, biases, note);
  }

  /** Stores value by value what several linears are stored in, the rows of one after another. */
  public void storeDense(List<String> linears, NDArray values, @Nullable String note) {
    linears.forEach(this::requireSelected);
    store.storeDense(linears, values, note);
  }

  /** Stores quantized what several linears are stored in, the rows of one after another. */
  public void storeQuantized(List<String> linears, QuantizedWeight weight, @Nullable String note) {
    linears.forEach(this::requireSelected);
    store.storeQuantized(linears, weight, note);
  }

  /**
   * Stores in a form of its own what several linears are stored in, the rows of one after another.
   *
   * @param weight whose tensors may belong to a manager that does not outlive the layer
   */
  public void store(List<String> linears, StoredWeight weight, @Nullable String note) {
    linears.forEach(this::requireSelected);
    store.store(linears, weight, note);
  }

  /**
   * Stores a weight value by value, in the type that the method keeps this one in.
   *
   * @throws BadInputException if a value is too large for the type
   */
  public void storeDense(String linear, NDArray values, @Nullable String note) {
    requireSelected(linear);
    store.storeDense(linear, values, note);
  }

  /**
   * Stores a quantized weight: in the layout that other tools load, see {@link StorageChoice}, its
   * scales in the type that holds them.
   *
   * @throws BadInputException if a scale is beyond float32
   */
  public void storeQuantized(String linear, QuantizedWeight weight, @Nullable String note) {
    requireSelected(linear);
    store.storeQuantized(linear, weight, note);
  }

  /**
   * Stores a weight in a form of its own.
   *
   * @param weight whose tensors outlive the layer's {@link #scope}, or belong to it
   */
  public void store(String linear, StoredWeight weight, @Nullable String note) {
    requireSelected(linear);
    store.store(linear, weight, note);
  }

  /**
   * Says of a linear that is not stored yet that something else is done than the recipe asks for.
   */
  public void substitute(String linear, Substitution substitution) {
    store.substitute(linear, substitution);
  }

  /** The same of several linears. */
  public void substitute(List<String> linears, Substitution substitution) {
    linears.forEach(linear -> substitute(linear, substitution));
  }

  /** The type in which a linear is stored that stays dense. */
  public DType storedType(String linear) {
    return storage.type(linear);
  }

  private void requireSelected(String linear) {
    if (!layout.names().contains(linear)) {
      throw new IllegalArgumentException(
          linear
              + ": found no such linear, or one to leave alone, expected some of "
              + layout.names());
    }
  }

  /** Stores linears that were replaced and nothing else, value by value. */
  void storeReplaced() {
    for (String linear : List.copyOf(state.replacedLinears())) {
      storeDense(linear, weight(linear), "folded");
    }
  }

  /** Norms, biases and the like that were replaced, by name. */
  Map<String, NDArray> replacedValues() {
    Map<String, NDArray> replaced = new LinkedHashMap<>();
    state.replacedValues().forEach(name -> replaced.put(name, state.values().get(name)));
    return replaced;
  }

  /** What linears were before they were rounded, where that is to be kept. */
  Map<String, NDArray> unrounded() {
    return state.unrounded();
  }

  /** What was stored, by linear: a product of two as such, where its factors were shown. */
  Map<String, StoredWeight> stored() {
    return state.storedLinears();
  }
}
