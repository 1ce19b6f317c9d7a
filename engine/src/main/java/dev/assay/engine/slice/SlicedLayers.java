package dev.assay.engine.slice;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fold.LayerBases;
import dev.assay.engine.fold.LayerRotation;
import dev.assay.engine.fold.StreamRotation;
import dev.assay.engine.model.Inspected;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Residual;
import dev.assay.engine.model.SlicedStream;
import dev.assay.engine.model.Stack;
import dev.assay.engine.run.BoundLayer;
import dev.assay.engine.run.LayerRunner;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.working.LayerChanges;
import java.util.HashMap;
import java.util.Map;

/** Slices layer after layer, and takes the states of the samples along. */
final class SlicedLayers {
  private final TorchSession torch;
  private final ScriptModule script;
  private final ModelWeights before;
  private final Stack stack;
  private final Stack folded;
  private final SlicedStream stream;
  private final SlicedStates states;
  private final LayerRunner runner;
  private final SliceGptMethod.Looker looker;
  private final boolean parallel;
  private int places;

  /**
   * @param before the model as it was
   * @param folded what it is with its norms folded
   * @param states behind the embedding
   * @param runner of the folded model
   */
  SlicedLayers(
      TorchSession torch,
      ModelWeights before,
      ModelSpec folded,
      SlicedStream stream,
      SlicedStates states,
      LayerRunner runner,
      SliceGptMethod.Looker looker) {
    this.torch = torch;
    this.script = torch.script(SlicedLayers.class, "slice.py");
    this.before = before;
    this.stack = before.stack(0);
    this.folded = folded.main();
    this.stream = stream;
    this.states = states;
    this.runner = runner;
    this.looker = looker;
    Residual residual = stack.spec().residual();
    this.parallel = residual == Residual.PARALLEL || residual == Residual.PARALLEL_NORMS;
  }

  /**
   * A layer that was sliced.
   *
   * @param changes what it is
   * @param columns the basis behind it, float64 [hidden, width]
   */
  record Sliced(LayerChanges changes, NDArray columns) {}

  /** The basis behind the embedding, float64 [hidden, width]. */
  NDArray first(NDManager owner) {
    return basis(owner, stream.width());
  }

  /** Finds a basis, and leaves of the states what lies in it. */
  private NDArray basis(NDManager owner, long width) {
    try (NDManager scope = owner.newSubManager()) {
      StreamBasis found = states.basis(scope);
      looker.see(places++, found);
      NDArray columns = script.call(owner, "first", found.components(), width);
      states.project(columns);
      return columns;
    }
  }

  /**
   * Slices the next layer.
   *
   * @param owner of the basis behind it
   * @param scope of what it is
   * @param in the basis in front of it
   */
  Sliced next(NDManager owner, NDManager scope, NDArray in, int layer) {
    Map<String, NDArray> values = before.layers(0).values(scope, layer);
    boolean last = layer == folded.depth() - 1;
    long behind = last ? folded.spec().hiddenSize() : stream.width();
    NDArray between = in;
    NDArray out;
    try (NDManager whole = scope.newSubManager();
        BoundLayer bound = runner.bind(folded.layer(layer), unturned(whole, layer, values))) {
      if (parallel) {
        states.add(bound, Inspected.BOTH);
      } else {
        states.add(bound, Inspected.ATTENTION);
        between = basis(scope, stream.width());
        states.add(bound, Inspected.FEED_FORWARD);
      }
      out = basis(owner, behind);
    }
    return new Sliced(changes(scope, layer, values, in, between, out), out);
  }

  /** The layer with its norms folded, its values by name. */
  private Map<String, NDArray> unturned(NDManager scope, int layer, Map<String, NDArray> values) {
    LayerBases bases = LayerBases.same(new StreamRotation.Same(stack.spec().hiddenSize()));
    LayerChanges changes =
        LayerRotation.ofStream(torch, scope, bases, stack.spec(), stack.layer(layer), values)
            .changes(null);
    Map<String, NDArray> all = new HashMap<>(values);
    all.putAll(changes.values());
    changes
        .linears()
        .forEach((name, weight) -> all.put(name, weight.dense().orElseThrow().values()));
    return all;
  }

  private LayerChanges changes(
      NDManager scope,
      int layer,
      Map<String, NDArray> values,
      NDArray in,
      NDArray between,
      NDArray out) {
    StreamRotation read = new StreamRotation.Orthogonal(in);
    StreamRotation middle = new StreamRotation.Orthogonal(between);
    StreamRotation written = new StreamRotation.Orthogonal(out);
    LayerBases bases =
        new LayerBases(
            read,
            parallel ? written : middle,
            middle,
            written,
            stream.gain(folded.spec().hiddenSize()));
    LayerChanges turned =
        LayerRotation.ofStream(torch, scope, bases, stack.spec(), stack.layer(layer), values)
            .changes(null);
    Map<String, NDArray> all = new HashMap<>(turned.values());
    if (parallel) {
      put(all, scope, LayerModule.ATTENTION_SHORTCUT, in, out);
    } else {
      put(all, scope, LayerModule.ATTENTION_SHORTCUT, in, between);
      put(all, scope, LayerModule.FEED_FORWARD_SHORTCUT, between, out);
    }
    return new LayerChanges(all, turned.linears());
  }

  private void put(
      Map<String, NDArray> values, NDManager scope, LayerModule which, NDArray from, NDArray to) {
    values.put(SlicedStream.name(which), script.call(scope, "between", from, to));
  }
}
