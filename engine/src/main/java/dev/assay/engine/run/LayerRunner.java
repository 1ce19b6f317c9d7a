package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelModuleTensors;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.LoadedModule;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptObject;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.LinearPreparer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs single layers of a stack in float32 with weights that are given, and shows what their
 * linears see. Activations are [sequences, tokens, features], sequences without a past.
 */
public final class LayerRunner implements AutoCloseable {
  private static final int MOST_COMPILED = 4;

  /** Where the inputs of linears are shown. */
  public enum Shown {
    /** As the weights multiply them: what calibration goes by. */
    TREATED,
    /** Before they are rounded, where they are. */
    BEFORE_ROUNDING
  }

  private final TorchSession torch;
  private final NDManager manager;
  private final Stack stack;
  private final ModelModuleTensors beside;
  private final LinearPreparer preparer;
  private final Shown shown;
  private final @Nullable NDArray relative;
  private final Map<ScriptObject, CalibratedModules> compiled =
      new LinkedHashMap<>(MOST_COMPILED, 0.75f, true);

  /**
   * Shows treated inputs.
   *
   * @param index of the stack
   */
  public LayerRunner(TorchSession torch, ModelWeights weights, int index) {
    this(torch, weights, index, Shown.TREATED);
  }

  /**
   * @param index of the stack
   */
  public LayerRunner(TorchSession torch, ModelWeights weights, int index, Shown shown) {
    this.torch = torch;
    this.manager = torch.manager().newSubManager();
    this.stack = weights.stack(index);
    this.beside = weights.module(index);
    this.preparer = LinearPreparer.borrowing(torch);
    this.shown = shown;
    try (NDManager scope = manager.newSubManager()) {
      this.relative =
          beside
              .weight(scope, ModelModule.RELATIVE_POSITIONS)
              .map(stored -> torch.tensors().cast(manager, stored, DType.FLOAT32))
              .orElse(null);
    }
  }

  /**
   * What the first layer takes in, float32 [sequences, tokens, hidden], of each batch.
   *
   * @param batches of ids, int64 [sequences, tokens]
   */
  public List<NDArray> embed(NDManager owner, List<NDArray> batches) {
    batches.forEach(ids -> positions().requireWithin(ids.getShape().get(1)));
    try (NDManager scope = manager.newSubManager()) {
      NDArray table = torch.tensors().cast(scope, beside.embedding(scope), DType.FLOAT32);
      return each(
          owner,
          Scripts.module("calibration.Embedded")
              .with("embedding", around(scope).embedding(EmbeddingTree.tokens(table))),
          batches);
    }
  }

  /** The last layer's outputs after the final norm. */
  public List<NDArray> finalNorm(NDManager owner, List<NDArray> outputs) {
    try (NDManager scope = manager.newSubManager()) {
      return each(
          owner,
          Scripts.module("calibration.Normed").with("norm", around(scope).finalNorm()),
          outputs);
    }
  }

  /** What a module makes of each input. */
  private List<NDArray> each(NDManager owner, ModuleNode root, List<NDArray> inputs) {
    if (inputs.isEmpty()) {
      return List.of();
    }
    try (LoadedModule module = torch.module(root.object())) {
      module.load(root.tensors());
      return inputs.stream().map(input -> module.script().call(owner, "forward", input)).toList();
    }
  }

  private EmbeddingTree around(NDManager scope) {
    EmbeddingTree.Kept widened =
        (name, stored) -> torch.tensors().cast(scope, stored, DType.FLOAT32);
    NormModules norms = norms(scope).of(stack.spec().finalNorm());
    return new EmbeddingTree(stack.spec(), beside, norms, scope, widened);
  }

  private NormModules norms(NDManager scope) {
    return new NormModules(torch, scope, stack.spec().norm(), StepModules.PLAIN);
  }

  private PositionTables positions() {
    return new PositionTables(torch, stack.spec(), DType.FLOAT32);
  }

  /**
   * Gives a layer its weights.
   *
   * @param layer what it is
   * @param weights float32 values of the layer by name, see {@link
   *     dev.assay.engine.model.LayerWeights#values}; they have to outlive what is returned
   * @return the layer, until it is closed; one at a time of a runner
   */
  public BoundLayer bind(LayerSpec layer, Map<String, NDArray> weights) {
    NDManager scope = manager.newSubManager();
    try {
      ModuleNode root = calibrated(scope, layer, weights, Map.of(), new CacheModules(torch, scope));
      forgetEldest(root.object());
      CalibratedModules modules =
          compiled.computeIfAbsent(
              root.object(), object -> new CalibratedModules(torch.module(object), positions()));
      modules.module().load(root.tensors());
      return new BoundLayer(scope, modules);
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /**
   * A layer as a module to be differentiated, {@code calibration.DifferentiableLayer}, with other
   * modules in place of some of its linears.
   *
   * @param owner of what is made for it
   * @param weights as {@link #bind} takes them, those of replaced linears not needed
   * @param linears {@code linear.Linear} modules by the names of linears; biases are added to what
   *     they give, inputs treated before
   * @param tokens that sequences have at most
   */
  public ModuleNode differentiable(
      NDManager owner,
      LayerSpec layer,
      Map<String, NDArray> weights,
      Map<String, ModuleNode> linears,
      long tokens) {
    PositionTables positions = positions();
    positions.requireWithin(tokens);
    List<NDArray> tables = List.copyOf(positions.tables(owner, Math.toIntExact(tokens)).values());
    ModuleNode root =
        Scripts.module("calibration.DifferentiableLayer")
            .with(
                "calibrated",
                calibrated(owner, layer, weights, linears, new CacheModules(torch, owner, true)))
            .with("tables", tables.size());
    for (int i = 0; i < tables.size(); i++) {
      root.with("table" + i, tables.get(i));
    }
    return root;
  }

  private ModuleNode calibrated(
      NDManager owner,
      LayerSpec layer,
      Map<String, NDArray> weights,
      Map<String, ModuleNode> linears,
      CacheModules caches) {
    GivenLayer given =
        new GivenLayer(owner, layer, preparer, weights, linears, shown == Shown.BEFORE_ROUNDING);
    LayerTree.Built built =
        new LayerTree(stack.spec(), layer, given, norms(owner), caches, true, StepModules.PLAIN)
            .build();
    return Scripts.module("calibration.CalibratedLayer")
        .with("positions", PositionModules.positions(stack, relative))
        .with("layer", built.layer())
        .with("self_attn", built.attention())
        .with("mlp", built.feed())
        .with("groups", new ScriptObject.Attribute.Children(built.groups()))
        .with("recorder", given.recorder())
        .with("first_expert", layer.firstExpert());
  }

  /** Layers of a model are mostly of one structure; those that are not come one after another. */
  private void forgetEldest(ScriptObject next) {
    if (compiled.size() >= MOST_COMPILED && !compiled.containsKey(next)) {
      ScriptObject eldest = compiled.keySet().iterator().next();
      Objects.requireNonNull(compiled.remove(eldest)).module().close();
    }
  }

  @Override
  public void close() {
    compiled.values().forEach(modules -> modules.module().close());
    manager.close();
  }
}
