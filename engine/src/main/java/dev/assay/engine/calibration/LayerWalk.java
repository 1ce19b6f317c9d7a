package dev.assay.engine.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.calibration.StackTraversal.Part;
import dev.assay.engine.model.Folding;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LowRankWeight;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.working.LayerChanges;
import dev.assay.engine.working.WeightAgreement;
import dev.assay.engine.working.WorkingModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Takes a method through a model layer by layer: reads one layer's weights, shows the method what
 * its linears see, puts what it stored, and feeds the layer's outputs to the next. Besides the
 * layer at hand only the activations of the calibration samples are in memory. Where an interrupted
 * walk put layers before, those are run and not compressed again.
 */
public final class LayerWalk {
  private final TorchSession torch;
  private final WorkingModel model;
  private final StageContext context;
  private final StorageChoice storage;

  /**
   * @param model whose stage has begun
   * @param storage layouts of what is quantized
   */
  public LayerWalk(WorkingModel model, StageContext context, StorageChoice storage) {
    this.torch = context.torch();
    this.model = model;
    this.context = context;
    this.storage = storage;
  }

  /**
   * Walks through all layers.
   *
   * @return what happened to each linear, in the order of the walk
   */
  public List<LinearOutcome> run(LayerwiseMethod method) {
    List<long[]> samples = method.needsCalibration() ? context.requiredSamples() : List.of();
    List<LinearOutcome> outcomes = new ArrayList<>();
    new StackTraversal(torch, model, samples)
        .run((part, walk) -> part(method, part, walk, outcomes));
    method
        .besideLayers()
        .map(
            rounding ->
                new BesideLayers(torch, model, storage).round(context.selection(), rounding))
        .ifPresent(outcomes::addAll);
    method
        .headFactoring()
        .flatMap(
            factoring ->
                new BesideLayers(torch, model, storage).factor(context.selection(), factoring))
        .ifPresent(outcomes::add);
    return outcomes;
  }

  private void part(
      LayerwiseMethod method, Part part, NDManager walk, List<LinearOutcome> outcomes) {
    int depth = model.stack(part.index()).depth();
    Part before = part.with(before(method, part, walk));
    for (int layer = 0; layer < depth; layer++) {
      try (NDManager scope = walk.newSubManager()) {
        Optional<List<LinearOutcome>> done =
            model.notes(part.index(), layer).map(LayerNotes::outcomes);
        outcomes.addAll(
            done.isPresent()
                ? resumed(method, new Flow(part, before), layer, scope, done.get())
                : layer(method, new Flow(part, before), layer, scope));
      }
      context.progress().done(part.before() + layer + 1, model.spec().layers());
    }
  }

  /** Inputs for the layers as they were before the stage, where a method wants those too. */
  private List<LayerBatch> before(LayerwiseMethod method, Part part, NDManager walk) {
    return method.propagation() == Propagation.BOTH
        ? part.batches().stream()
            .map(
                batch ->
                    new LayerBatch(torch.tensors().copy(walk, batch.activations()), batch.memory()))
            .toList()
        : List.of();
  }

  /**
   * What flows through a stack.
   *
   * @param part as the method wants it
   * @param before as it would without the stage; nothing where no one wants to know
   */
  private record Flow(Part part, Part before) {}

  /** A layer that was done before the walk was interrupted. */
  private List<LinearOutcome> resumed(
      LayerwiseMethod method, Flow flow, int layer, NDManager scope, List<LinearOutcome> outcomes) {
    Part part = flow.part();
    LayerSpec before = model.stack(part.index()).layer(layer);
    JsonNode notes = model.notes(part.index(), layer).orElseThrow();
    boolean original = method.propagation() == Propagation.ORIGINAL;
    // Of the shape that the layer had, which is read before it has another.
    boolean wantsBefore = original && part.feeds(layer) || flow.before().feeds(layer);
    Map<String, NDArray> whole =
        wantsBefore
            ? new HashMap<>(model.before().layers(part.index()).values(scope, layer))
            : Map.of();
    model.reshape(part.index(), layer, spec -> LayerNotes.shape(notes, spec));
    LayerNotes.schemes(notes)
        .forEach(
            (linear, scheme) ->
                model.reshape(
                    part.index(),
                    layer,
                    spec -> spec.with(linear, spec.linear(linear).with(scheme))));
    LayerNotes.cache(notes)
        .ifPresent(cache -> model.reshape(part.index(), layer, spec -> spec.with(cache)));
    LayerNotes.formats(notes)
        .forEach(
            (linear, format) ->
                model.reshape(
                    part.index(),
                    layer,
                    spec -> spec.with(linear, spec.linear(linear).in(format))));
    if (part.feeds(layer)) {
      Map<String, NDArray> values =
          original ? new HashMap<>(whole) : model.now().layers(part.index()).values(scope, layer);
      if (original && method.corrects()) {
        unround(values, part.index(), layer, before.layout());
      }
      part.propagate(layer, original ? before : model.stack(part.index()).layer(layer), values);
    }
    if (flow.before().feeds(layer)) {
      flow.before().propagate(layer, before, whole);
    }
    return outcomes;
  }

  private List<LinearOutcome> layer(LayerwiseMethod method, Flow flow, int layer, NDManager scope) {
    Part part = flow.part();
    Stack stack = model.stack(part.index());
    LayerSpec spec = stack.layer(layer);
    LayerLayout selected =
        spec.layout()
            .only(context.selection().of(stack, layer))
            .withFoldings(folding -> takesFactors(spec, folding));
    Map<String, DType> types = new HashMap<>(model.types(part.index(), layer));
    // A bias that a linear may come by is of the type of its weight.
    spec.layout()
        .parts()
        .forEach(
            linear ->
                types.putIfAbsent(
                    linear.biasName(), Objects.requireNonNull(types.get(linear.name()))));
    types.replaceAll((name, type) -> method.storedType(type));
    boolean original = method.propagation() == Propagation.ORIGINAL;
    Map<String, NDArray> values = model.layers(part.index()).values(scope, layer);
    Map<String, StoredWeight> rounded = Map.of();
    if (method.corrects()) {
      rounded = model.layers(part.index()).linears(scope, layer, selected.parts().toList());
      unround(values, part.index(), layer, original ? spec.layout() : selected);
    }
    LayerOutcomes outcomes = new LayerOutcomes(torch, part.before() + layer);
    boolean keeps = original && !part.batches().isEmpty() || !flow.before().batches().isEmpty();
    Factors factors = factors(method, part.index(), layer, selected, scope);
    factors
        .names()
        .forEach(
            name -> {
              String linear = factors.of(name).get(0);
              types.put(name, Objects.requireNonNull(types.get(linear), linear));
            });
    Seen seen = new Seen(factors.seen(spec.layout()), factors.seen(selected), factors);
    LayerState state = new LayerState(layer, values, factors, keeps, model.keepsUnrounded());
    LayerStatistics statistics = statistics(method, part, scope, seen);
    LayerStatistics untouched = statistics(method, flow.before(), scope, seen);
    LayerStorage kept =
        new LayerStorage(
            torch,
            seen.whole(),
            part.before() + layer,
            types,
            storage,
            rounds(method),
            factors.names());
    LayerContext at =
        new LayerContext(
            torch,
            scope,
            new LayerContext.Place(layer, part.before() + layer, spec, seen.selected(), rounded),
            new LayerContext.Inputs(
                part.batches(), flow.before().batches(), part.runner(), statistics, untouched),
            new LayerContext.Results(kept, outcomes, state, method.rounds()));
    if (!selected.groups().isEmpty()) {
      method.compress(at);
      at.storeReplaced();
    }
    model.reshape(part.index(), layer, before -> at.spec());
    model.put(
        part.index(),
        layer,
        new LayerChanges(at.replacedValues(), at.stored(), at.unrounded()),
        LayerNotes.of(outcomes.all(), spec, at.spec(), at.stored()));
    requireKept(part.index(), layer, at);
    part.propagate(
        layer,
        original ? spec : model.stack(part.index()).layer(layer),
        original ? values : at.values());
    flow.before().propagate(layer, spec, values);
    return outcomes.all();
  }

  /**
   * A layer as a method sees it.
   *
   * @param whole all of it
   * @param selected what the stage works on
   * @param factors that stand in the place of products of two
   */
  private record Seen(LayerLayout whole, LayerLayout selected, Factors factors) {}

  private LayerStatistics statistics(
      LayerwiseMethod method, Part part, NDManager scope, Seen seen) {
    return new LayerStatistics(
        scope,
        seen.whole(),
        seen.selected(),
        new StatisticsGatherer(torch, part.runner(), method.statistics(), part.batches()),
        seen.factors());
  }

  /** Those of the selected linears that a stage before has made products of two. */
  private Factors factors(
      LayerwiseMethod method, int stack, int layer, LayerLayout selected, NDManager scope) {
    LayerSpec spec = model.stack(stack).layer(layer);
    List<Linear> products =
        selected
            .parts()
            .filter(linear -> LowRankWeight.isFormat(spec.linear(linear.name()).format()))
            .toList();
    if (!method.roundsFactors() || products.isEmpty()) {
      return Factors.NONE;
    }
    try (NDManager reading = scope.newSubManager()) {
      return Factors.of(
          torch, scope, spec.layout(), model.layers(stack).linears(reading, layer, products));
    }
  }

  /** Puts what linears were before they were rounded in the place of what they are. */
  private void unround(Map<String, NDArray> values, int stack, int layer, LayerLayout linears) {
    for (Linear linear : linears.parts().toList()) {
      NDArray rounded = Objects.requireNonNull(values.get(linear.name()), linear.name());
      try (NDManager reading = rounded.getManager().newSubManager()) {
        StoredWeight before = model.unrounded(reading, stack, layer, linear);
        values.put(linear.name(), before.dequantize(torch, rounded.getManager()));
      }
      rounded.close();
    }
  }

  /** Makes sure that what was put for later stages and the artifact is what the method made. */
  private void requireKept(int stack, int layer, LayerContext at) {
    for (Map.Entry<String, StoredWeight> stored : at.stored().entrySet()) {
      String name = stored.getKey();
      try (NDManager reading = torch.manager().newSubManager()) {
        StoredWeight kept =
            model
                .layers(stack)
                .linears(reading, layer, List.of(at.spec().layout().linear(name)))
                .values()
                .iterator()
                .next();
        WeightAgreement.of(
                torch, model.stack(stack).names().inLayer(layer, name), stored.getValue(), kept)
            .require("while stages are at work");
      }
    }
  }

  /** A factor does not pass through what turns or rounds an input. */
  private static boolean takesFactors(LayerSpec spec, Folding folding) {
    return folding.linears().stream()
        .allMatch(linear -> spec.linear(linear).input() instanceof PlainInput);
  }

  /** Whether dense values take the artifact's types now: the last stage, or one that is to cast. */
  private boolean rounds(LayerwiseMethod method) {
    return context.rounds() || method.storedType(model.mainType()) != model.mainType();
  }
}
