package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerWeights;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelModuleTensors;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.LinearPreparer;
import dev.assay.engine.weight.RunnableLinear;
import dev.assay.engine.weight.RunnableTable;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stack's weights layer by layer, brings them into the form in which they run, and builds
 * the modules that they go to.
 */
final class StackLoader {
  private final TorchSession torch;
  private final ModelWeights weights;
  private final Stack stack;
  private final StackSpec spec;
  private final DType dtype;
  private final LinearPreparer preparer;
  private final StepModules steps;
  private final LayerWeights layers;
  private final ModelModuleTensors beside;
  private final List<RunnableLinear> linears = new ArrayList<>();
  private long bytes;

  /**
   * @param index of the stack
   */
  StackLoader(TorchSession torch, ModelWeights weights, int index, Execution execution) {
    this(torch, weights, index, new LinearPreparer(torch, execution));
  }

  StackLoader(TorchSession torch, ModelWeights weights, int index, LinearPreparer preparer) {
    this.torch = torch;
    this.weights = weights;
    this.stack = weights.stack(index);
    this.spec = stack.spec();
    this.dtype = preparer.dtype();
    this.preparer = preparer;
    this.steps = StepModules.of(preparer);
    this.layers = weights.layers(index);
    this.beside = weights.module(index);
  }

  /**
   * What stands around the layers.
   *
   * @param stack a {@code stack.Stack} that lacks its layers
   * @param table memory of the token vectors
   * @param head a {@code linear.Linear}, which may hold tensors of the table; nothing where the
   *     stack has none
   */
  record Around(ModuleNode stack, TableMemory table, @Nullable ModuleNode head) {}

  /**
   * A stack ready to be loaded.
   *
   * @param stack a {@code stack.Stack}
   * @param head a {@code linear.Linear}; nothing where the stack has none
   * @param linears all of them, the head first
   * @param productType type in which products of many rows are computed
   * @param table memory of the token vectors
   * @param bytes native memory of all weights
   */
  record Loaded(
      ModuleNode stack,
      @Nullable ModuleNode head,
      List<RunnableLinear> linears,
      DType productType,
      TableMemory table,
      long bytes) {
    Loaded {
      linears = List.copyOf(linears);
    }
  }

  /**
   * Reads all weights.
   *
   * @param owner manager of the tensors that the modules are to load
   * @throws dev.assay.engine.config.BadInputException if tensors are missing or of a wrong shape
   */
  Loaded load(NDManager owner) {
    Around around = around(owner);
    List<ModuleNode> built = new ArrayList<>();
    for (int layer = 0; layer < stack.depth(); layer++) {
      built.add(layer(owner, layer));
    }
    bytes += linears.stream().mapToLong(RunnableLinear::bytes).sum();
    return new Loaded(
        around.stack().with("layers", built),
        around.head(),
        linears,
        preparer.productType(),
        around.table(),
        bytes);
  }

  /** Reads what stands around the layers. */
  Around around(NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      EmbeddingTree tree =
          new EmbeddingTree(
              spec, beside, norms(owner), scope, (name, stored) -> keep(owner, stored));
      StoredWeight stored = beside.storedEmbedding(scope);
      long before = bytes;
      Optional<RunnableTable> rows = preparer.table(owner, stored);
      StoredWeight table =
          rows.isPresent() ? stored : new DenseWeight(values(owner, stored), dtype);
      ModuleNode tokens =
          rows.map(RunnableTable::module)
              .orElseGet(() -> EmbeddingTree.tokens(table.dense().orElseThrow().values()));
      bytes += rows.map(RunnableTable::bytes).orElse(0L);
      long held = bytes - before;
      ModuleNode head = head(owner, scope, () -> table);
      long shared = head == null || !spec.tiedHead() ? 0 : new TiedHead(torch).share(tokens, head);
      bytes -= shared;
      return new Around(
          Scripts.module("stack.Stack")
              .with("embedding", tree.embedding(tokens))
              .with("positions", PositionModules.positions(stack, relative(owner, scope)))
              .with("norm", tree.finalNorm()),
          new TableMemory(held, held - shared),
          head);
    }
  }

  /**
   * What stands behind the layers alone.
   *
   * @param norm a {@code norm.Norm}
   * @param head a {@code linear.Linear}; nothing where the stack has none
   */
  record Top(ModuleNode norm, @Nullable ModuleNode head) {}

  /** Reads what stands behind the layers, a tied head as one of its own. */
  Top top(NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      ModuleNode norm =
          new EmbeddingTree(
                  spec, beside, norms(owner), scope, (name, stored) -> keep(owner, stored))
              .finalNorm();
      return new Top(
          norm,
          head(
              owner,
              scope,
              () -> new DenseWeight(values(scope, beside.storedEmbedding(scope)), dtype)));
    }
  }

  /** The values of a table as the stack holds them. */
  private NDArray values(NDManager owner, StoredWeight stored) {
    try (NDManager scope = owner.newSubManager()) {
      return keep(
          owner,
          stored.dense().map(DenseWeight::values).orElseGet(() -> stored.dequantize(torch, scope)));
    }
  }

  /** Reads a layer, a {@code layer.Layer}. */
  ModuleNode layer(NDManager owner, int layer) {
    try (NDManager scope = owner.newSubManager()) {
      LayerModuleWeights stored = new StoredLayer(owner, scope, layer);
      CacheModules caches = new CacheModules(torch, owner);
      NormModules norms = new NormModules(torch, owner, spec.norm(), steps);
      return new LayerTree(spec, stack.layer(layer), stored, norms, caches, false, steps)
          .build()
          .layer();
    }
  }

  private NormModules norms(NDManager owner) {
    return new NormModules(torch, owner, spec.finalNorm(), steps);
  }

  private @Nullable NDArray relative(NDManager owner, NDManager scope) {
    return beside
        .weight(scope, ModelModule.RELATIVE_POSITIONS)
        .map(stored -> keep(owner, stored, DType.FLOAT32))
        .orElse(null);
  }

  private @Nullable ModuleNode head(
      NDManager owner, NDManager scope, Supplier<StoredWeight> table) {
    if (!spec.tiedHead() && stack.names().find(ModelModule.HEAD).isEmpty()) {
      return null;
    }
    String name = stack.names().head();
    Checkpoint checkpoint = weights.checkpoint();
    StoredWeight weight = spec.tiedHead() ? table.get() : storedHead(scope, name);
    boolean biased = spec.head().biased();
    if (!biased && !spec.tiedHead() && checkpoint.has(name + ".bias")) {
      throw new BadCheckpointException(
          checkpoint.fileOf(name)
              + ": "
              + name
              + ".bias: found a bias, expected none in this architecture");
    }
    List<@Nullable NDArray> biases = new ArrayList<>();
    biases.add(biased ? weights.tensor(scope, name + ".bias", null) : null);
    LinearPreparer.Prepared prepared = preparer.prepare(owner, List.of(weight), biases);
    linears.addAll(prepared.parts());
    return HeadModules.around(spec.head(), prepared.module());
  }

  private StoredWeight storedHead(NDManager scope, String name) {
    Checkpoint checkpoint = weights.checkpoint();
    StoredWeight weight = weights.linear(scope, name);
    long out = spec.vocabularySize();
    long in = spec.headWidth();
    if (weight.outFeatures() != out || weight.inFeatures() != in) {
      throw new BadCheckpointException(
          "%s: %s: found a weight of [%d, %d], expected [%d, %d] by %s"
              .formatted(
                  checkpoint.fileOf(name),
                  name,
                  weight.outFeatures(),
                  weight.inFeatures(),
                  out,
                  in,
                  checkpoint.configuration().getFileName()));
    }
    return weight;
  }

  /** A copy in the arithmetic's type that lives until the modules have loaded it. */
  private NDArray keep(NDManager owner, NDArray stored) {
    return keep(owner, stored, dtype);
  }

  private NDArray keep(NDManager owner, NDArray stored, DType type) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray tensor = torch.tensors().copy(owner, torch.tensors().cast(scope, stored, type));
      bytes += tensor.getShape().size() * type.bytes();
      return tensor;
    }
  }

  /** A layer as the checkpoint stores it. */
  private final class StoredLayer implements LayerModuleWeights {
    private final NDManager owner;
    private final NDManager scope;
    private final int layer;

    StoredLayer(NDManager owner, NDManager scope, int layer) {
      this.owner = owner;
      this.scope = scope;
      this.layer = layer;
    }

    @Override
    public @Nullable NDArray module(LayerModule which) {
      NDArray stored = layers.module(scope, layer, which);
      return stored == null ? null : keep(owner, stored);
    }

    @Override
    public @Nullable NDArray moduleBias(LayerModule which) {
      NDArray stored = layers.moduleBias(scope, layer, which);
      return stored == null ? null : keep(owner, stored);
    }

    @Override
    public ModuleNode shortcut(LayerModule which) {
      NDArray stored = Objects.requireNonNull(layers.module(scope, layer, which), which.name());
      DenseWeight weight = new DenseWeight(stored, torch.tensors().typeOf(stored));
      LinearPreparer.Prepared prepared =
          preparer.prepare(owner, List.of(weight.transposed(torch, scope)));
      linears.addAll(prepared.parts());
      return prepared.module();
    }

    @Override
    public ModuleNode linears(int index, LinearGroup group) {
      try (NDManager forGroup = scope.newSubManager()) {
        Map<String, StoredWeight> stored = layers.linears(forGroup, layer, group.parts());
        List<@Nullable NDArray> biases = new ArrayList<>();
        List<InputScheme> inputs = new ArrayList<>();
        for (Linear linear : group.parts()) {
          biases.add(layers.bias(forGroup, layer, linear).orElse(null));
          inputs.add(stack.layer(layer).linear(linear.name()).input());
        }
        LinearPreparer.Prepared prepared =
            preparer.prepare(owner, List.copyOf(stored.values()), biases, inputs);
        linears.addAll(prepared.parts());
        return prepared.module();
      }
    }
  }
}
