package dev.assay.engine.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.LayerLayout;
import dev.assay.engine.model.LayerModuleNames;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.RowBlocks;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.AddedWeight;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.LowRankWeight;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.WeightFormats;
import dev.assay.engine.weight.WeightRows;
import dev.assay.engine.working.LayerChanges;
import dev.assay.engine.working.WorkingModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One layer, to which an adapter is put. */
final class AdaptedLayer {
  private static final double NANOS_PER_SECOND = 1e9;

  private final TorchSession torch;
  private final NDManager scope;
  private final WorkingModel model;
  private final Adapter adapter;
  private final AdapterPlan plan;
  private final boolean merge;
  private final int stack;
  private final int layer;
  private final int position;
  private final Map<String, DType> types;
  private final WeightFormats formats = WeightFormats.load();
  private final LayerLayout layout;
  private final String prefix;
  private final ScriptModule script;
  private final Map<String, NDArray> values = new HashMap<>();
  private final Map<String, StoredWeight> linears = new HashMap<>();
  private final List<LinearOutcome> outcomes = new ArrayList<>();

  /**
   * @param scope owner of what becomes of it
   * @param merge whether weights take the adapter up
   * @param position of the layer among those of all stacks
   */
  AdaptedLayer(
      TorchSession torch,
      NDManager scope,
      WorkingModel model,
      Adapter adapter,
      AdapterPlan plan,
      boolean merge,
      int stack,
      int layer,
      int position) {
    this.torch = torch;
    this.scope = scope;
    this.model = model;
    this.adapter = adapter;
    this.plan = plan;
    this.merge = merge;
    this.stack = stack;
    this.layer = layer;
    this.position = position;
    this.types = model.types(stack, layer);
    Stack whole = model.stack(stack);
    this.layout = whole.layer(layer).layout();
    // An adapter counts layers as the checkpoint does, of which some may be gone.
    int origin = model.origins().get(stack).get(layer);
    this.prefix = model.original().stack(stack).names().inLayer(origin, "");
    this.script = torch.script(AdaptedLayer.class, "lora.py");
  }

  /** What becomes of it. */
  LayerChanges changes() {
    LayerModuleNames.of(layout)
        .forEach((name, tensor) -> replacing(tensor).ifPresent(value -> values.put(name, value)));
    layout.stored().forEach(this::linears);
    return new LayerChanges(values, linears);
  }

  /** What happened to each linear that is another one now. */
  List<LinearOutcome> outcomes() {
    return List.copyOf(outcomes);
  }

  private Optional<NDArray> replacing(String tensor) {
    String theirs = plan.replacing(prefix + tensor);
    if (theirs == null) {
      return Optional.empty();
    }
    adapter.requireShape(theirs, model.checkpoint().info(prefix + tensor).shape());
    return Optional.of(floats(theirs));
  }

  private NDArray floats(String tensor) {
    try (NDManager reading = scope.newSubManager()) {
      NDArray values = adapter.file().tensor(torch, reading, tensor);
      return torch.tensors().copy(scope, torch.tensors().cast(reading, values, DType.FLOAT32));
    }
  }

  private void linears(String tensor, List<Linear> parts) {
    replacing(tensor + ".bias")
        .ifPresent(bias -> parts.forEach(part -> values.put(part.biasName(), rows(bias, part))));
    Optional<NDArray> whole =
        replacing(tensor + ".weight")
            .map(
                value ->
                    parts.get(0).transposed() ? WeightRows.transposed(torch, scope, value) : value);
    String name = plan.module(prefix + tensor);
    if (name == null && whole.isEmpty()) {
      return;
    }
    for (Linear part : parts) {
      long start = System.nanoTime();
      StoredWeight before =
          Objects.requireNonNull(
              model.layers(stack).linears(scope, layer, List.of(part)).get(part.name()));
      StoredWeight base =
          whole
              .<StoredWeight>map(value -> new DenseWeight(rows(value, part), DType.FLOAT32))
              .orElse(before);
      StoredWeight after = name == null ? base : adapted(part, base, name);
      linears.put(part.name(), after);
      outcomes.add(outcome(part, name, before, after, start));
    }
  }

  private NDArray rows(NDArray whole, Linear part) {
    RowBlocks rows = part.rows();
    return rows == null ? whole : WeightRows.select(torch, scope, whole, rows.indices());
  }

  private StoredWeight adapted(Linear part, StoredWeight base, String name) {
    Adapter.Factors own = adapter.factors(name);
    NDArray down = floats(own.down());
    double scale = adapter.config().scale(name);
    NDArray up = script.call(scope, "scaled", rows(floats(own.up()), part), scale);
    boolean directed = own.magnitudes() != null;
    if (!base.isDense() && (merge || directed)) {
      throw new BadInputException(
          "%s: found it as %s, expected it value by value, as %s: the adapter is to come before what rounds%s"
              .formatted(
                  prefix + part.name(),
                  base.format(),
                  directed ? "use_dora changes each of its rows" : "the adapter is folded in",
                  directed ? "" : ", or to stay beside it (merge: false)"));
    }
    if (!directed) {
      return merge ? merged(base, up, down) : beside(part, base, up, down);
    }
    NDArray values = base.dequantize(torch, scope);
    NDArray magnitudes = rows(floats(Objects.requireNonNull(own.magnitudes())), part);
    NDArray factors = script.call(scope, "row_factors", values, up, down, magnitudes);
    DenseWeight turned =
        new DenseWeight(script.call(scope, "times_rows", values, factors), DType.FLOAT32);
    NDArray along = script.call(scope, "times_rows", up, factors);
    return merge ? merged(turned, along, down) : beside(part, turned, along, down);
  }

  private DenseWeight merged(StoredWeight base, NDArray up, NDArray down) {
    NDArray values = base.dequantize(torch, scope);
    return new DenseWeight(script.call(scope, "merged", values, up, down), DType.FLOAT32);
  }

  /** Factors in the type of the artifact, and so the base where it is stored value by value. */
  private AddedWeight beside(Linear part, StoredWeight base, NDArray up, NDArray down) {
    DType type = Objects.requireNonNull(types.get(part.name()), part.name());
    LowRankWeight product = new LowRankWeight(up, down, DType.FLOAT32);
    boolean keeps = !base.isDense() && formats.find(base).isPresent();
    StoredWeight kept = base;
    if (!keeps) {
      NDArray values = torch.tensors().cast(scope, base.dequantize(torch, scope), type);
      kept = new DenseWeight(values, type);
    }
    return new AddedWeight(kept, product.narrowed(torch, scope, type));
  }

  private LinearOutcome outcome(
      Linear part, @Nullable String name, StoredWeight before, StoredWeight after, long start) {
    try (NDManager comparing = scope.newSubManager()) {
      NDArray now = after.dequantize(torch, comparing);
      return new LinearOutcome(
          position,
          part.name(),
          part.outFeatures(),
          part.inFeatures(),
          script.callForDouble("change", before.dequantize(torch, comparing), now),
          "weight",
          script.callForDouble("zeros_share", now),
          after.bits(),
          (System.nanoTime() - start) / NANOS_PER_SECOND,
          name == null
              ? "replaced by the adapter's own"
              : "adapter of rank %d, %s"
                  .formatted(adapter.config().rank(name), merge ? "folded in" : "beside it"));
    }
  }
}
