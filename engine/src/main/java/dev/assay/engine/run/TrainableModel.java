package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.EncoderHead;
import dev.assay.engine.model.LayerModuleNames;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelModuleTensors;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptObject;
import dev.assay.engine.torch.ScriptObject.Attribute;
import dev.assay.engine.torch.Tensors;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.LinearModules;
import dev.assay.engine.weight.LinearPreparer;
import dev.assay.engine.weight.LowRankWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A model in float32, of which every value is a tensor of its own that gradients reach: a {@code
 * trained.Trained} and what it loads.
 *
 * @param spec what it is
 * @param root the module, not loaded yet
 * @param values its values by the full names of their tensors, a linear by the name that methods
 *     know it by
 */
public record TrainableModel(ModelSpec spec, ModuleNode root, Map<String, TrainedValue> values) {
  private static final int MAIN = 0;

  /**
   * What is asked of a model beside its logits, of the stack that gives the output.
   *
   * @param states of the stream: 0 what the first layer takes in, i what the i-th gives
   * @param layers whose queries, keys, values and scores are wanted, from 0
   */
  public record Asked(Set<Integer> states, Set<Integer> layers) {
    /** Logits alone. */
    public static final Asked NOTHING = new Asked(Set.of(), Set.of());

    public Asked {
      states = Set.copyOf(states);
      layers = Set.copyOf(layers);
    }
  }

  /** How linears are made. */
  @FunctionalInterface
  public interface LinearForm {
    /** Products of float32. */
    LinearForm FLOAT32 = (name, weight) -> LinearModules.dense(weight);

    /** Products of bfloat16, of weights and sums in float32. */
    LinearForm BFLOAT16 =
        (name, weight) -> Scripts.module("trained.MixedLinear").with("weight", weight);

    /**
     * A {@code linear.Linear} without its bias.
     *
     * @param name full name of its weight
     * @param weight float32 [out, in]
     */
    ModuleNode of(String name, NDArray weight);

    /** Whether a tensor is one of its own that gradients may reach. */
    default boolean owns(NDArray tensor) {
      return false;
    }
  }

  /**
   * Reads a model.
   *
   * @param owner of its values
   * @param tokens that sequences have at most
   * @throws BadInputException if it has fewer positions, or tensors are missing
   */
  public static TrainableModel read(
      TorchSession torch,
      NDManager owner,
      ModelWeights weights,
      LinearForm form,
      Asked asked,
      long tokens) {
    return new Reader(torch, owner, weights, form, asked, tokens).read();
  }

  /** Reads one. */
  private static final class Reader {
    private final TorchSession torch;
    private final NDManager owner;
    private final ModelWeights weights;
    private final LinearForm form;
    private final Asked asked;
    private final long tokens;
    private final LinearPreparer preparer;
    private final Map<String, TrainedValue> values = new LinkedHashMap<>();
    private final Attribute seen =
        new Attribute.Shared(
            new ScriptObject(
                ScriptClass.of(TrainableModel.class, "trained.Seen"),
                Map.of("on", new Attribute.Flag(false), "shown", new Attribute.NoTensors())));

    Reader(
        TorchSession torch,
        NDManager owner,
        ModelWeights weights,
        LinearForm form,
        Asked asked,
        long tokens) {
      this.torch = torch;
      this.owner = owner;
      this.weights = weights;
      this.form = form;
      this.asked = asked;
      this.tokens = tokens;
      this.preparer = LinearPreparer.borrowing(torch);
    }

    TrainableModel read() {
      ModelSpec spec = weights.spec();
      ModuleNode root =
          switch (spec.kind()) {
            case CAUSAL -> stack(MAIN, this::tokenTop, false);
            case MASKED, CLASSIFIER -> stack(MAIN, this::encoderTop, true);
            case ENCODER_DECODER -> {
              ModuleNode encoder = stack(0);
              ModuleNode decoder = stack(1);
              yield Scripts.module("trained.TrainedEncoderDecoder")
                  .with("encoder", encoder)
                  .with("decoder", decoder)
                  .with("behind", tokenTop(1));
            }
          };
      root.with("asked", asked()).with("seen", seen);
      root.tensors()
          .replaceAll((name, tensor) -> isLeaf(tensor) ? tensor : Leaves.copy(owner, tensor));
      return new TrainableModel(spec, root, values);
    }

    private boolean isLeaf(NDArray tensor) {
      return form.owns(tensor)
          || values.values().stream().anyMatch(value -> value.tensor() == tensor);
    }

    /**
     * A model of one stack.
     *
     * @param top what stands behind it, which may hold tensors of what stands before it
     */
    private ModuleNode stack(int index, IntFunction<ModuleNode> top, boolean pads) {
      ModuleNode model = stack(index);
      return withTables(
          Scripts.module("trained.TrainedStack")
              .with("model", model)
              .with("behind", top.apply(index))
              .with("pads", pads));
    }

    private ModuleNode tokenTop(int index) {
      return Scripts.module("trained.TokenTop").with("lm_head", head(index));
    }

    private ModuleNode encoderTop(int index) {
      return Scripts.module("trained.EncoderTop").with("head", encoderHead(index));
    }

    private ModuleNode withTables(ModuleNode root) {
      PositionTables positions =
          new PositionTables(torch, weights.stack(MAIN).spec(), DType.FLOAT32);
      positions.requireWithin(tokens);
      List<NDArray> tables = List.copyOf(positions.tables(owner, Math.toIntExact(tokens)).values());
      root.with("tables", tables.size());
      for (int i = 0; i < tables.size(); i++) {
        root.with("table" + i, tables.get(i));
      }
      return root;
    }

    private ModuleNode asked() {
      int depth = weights.spec().main().depth();
      return Scripts.module("trained.Asked")
          .with("states", flags(asked.states(), depth + 1))
          .with("layers", flags(asked.layers(), depth));
    }

    private NDArray flags(Set<Integer> which, int size) {
      float[] flags = new float[size];
      for (int index : which) {
        if (index < 0 || index >= size) {
          throw new IllegalArgumentException(
              "found layer " + index + " asked for, expected from 0 to " + (size - 1));
        }
        flags[index] = 1;
      }
      try (NDManager scope = owner.newSubManager()) {
        return torch.tensors().copy(owner, Tensors.of(scope, flags, size));
      }
    }

    private ModuleNode stack(int index) {
      Stack stack = weights.stack(index);
      ModelModuleTensors beside = weights.module(index);
      try (NDManager scope = owner.newSubManager()) {
        NormModules norms =
            new NormModules(torch, owner, stack.spec().finalNorm(), StepModules.TRAINED);
        EmbeddingTree tree = new EmbeddingTree(stack.spec(), beside, norms, scope, this::beside);
        NDArray table = table(stack, beside, scope);
        NDArray relative =
            beside
                .weight(scope, ModelModule.RELATIVE_POSITIONS)
                .map(
                    stored ->
                        kept(
                            beside.name(ModelModule.RELATIVE_POSITIONS) + ".weight",
                            TrainedValue.Kind.BIAS,
                            stored))
                .orElse(null);
        ModuleNode built =
            Scripts.module("stack.Stack")
                .with("embedding", tree.embedding(EmbeddingTree.tokens(table)))
                .with("positions", PositionModules.positions(stack, relative))
                .with("norm", tree.finalNorm());
        List<ModuleNode> layers = new ArrayList<>();
        for (int layer = 0; layer < stack.depth(); layer++) {
          layers.add(layer(index, layer));
        }
        return built.with("layers", layers);
      }
    }

    private NDArray table(Stack stack, ModelModuleTensors beside, NDManager scope) {
      String name = stack.names().embedding() + ".weight";
      TrainedValue known = values.get(name);
      return known == null
          ? kept(name, TrainedValue.Kind.EMBEDDING, dense(scope, beside.storedEmbedding(scope)))
          : known.tensor();
    }

    private NDArray dense(NDManager scope, StoredWeight stored) {
      return stored
          .dense()
          .map(DenseWeight::values)
          .orElseGet(() -> stored.dequantize(torch, scope));
    }

    private NDArray beside(String name, NDArray stored) {
      boolean bias = name.endsWith(".bias");
      boolean norm = !bias && stored.getShape().dimension() == 1;
      return kept(
          name,
          bias
              ? TrainedValue.Kind.BIAS
              : norm ? TrainedValue.Kind.NORM : TrainedValue.Kind.EMBEDDING,
          stored);
    }

    /** A copy in float32: what scripts make outside of training has no gradients. */
    private NDArray kept(String name, TrainedValue.Kind kind, NDArray stored) {
      TrainedValue known = values.get(name);
      if (known != null) {
        return known.tensor();
      }
      NDArray own = leaf(stored);
      values.put(name, new TrainedValue(kind, TrainedValue.BESIDE, TrainedValue.BESIDE, name, own));
      return own;
    }

    private NDArray leaf(NDArray stored) {
      try (NDManager scope = owner.newSubManager()) {
        return Leaves.copy(owner, torch.tensors().cast(scope, stored, DType.FLOAT32));
      }
    }

    private ModuleNode layer(int stack, int index) {
      LayerSpec spec = weights.stack(stack).layer(index);
      String prefix = weights.stack(stack).names().inLayer(index, "");
      Map<String, String> modules = LayerModuleNames.of(spec.layout());
      Map<String, NDArray> own = new LinkedHashMap<>();
      Map<String, ModuleNode> products = new LinkedHashMap<>();
      try (NDManager scope = owner.newSubManager()) {
        weights
            .layers(stack)
            .linears(scope, index, spec.layout().parts().toList())
            .forEach(
                (name, stored) -> {
                  if (stored instanceof LowRankWeight product) {
                    products.put(name, product(stack, index, prefix, name, product));
                  }
                });
        weights
            .layers(stack)
            .values(scope, index)
            .forEach(
                (name, stored) -> {
                  if (!products.containsKey(name)) {
                    boolean linear = spec.layout().names().contains(name);
                    NDArray tensor = leaf(stored);
                    own.put(name, tensor);
                    values.put(
                        prefix + (linear ? name + ".weight" : modules.getOrDefault(name, name)),
                        new TrainedValue(kind(linear, name, tensor), stack, index, name, tensor));
                  }
                });
      }
      TrainedLayer layer =
          new TrainedLayer(
              owner,
              spec,
              preparer,
              own,
              products,
              form,
              prefix,
              stack == weights.spec().stacks().size() - 1 ? seen : null);
      return new LayerTree(
              weights.stack(stack).spec(),
              spec,
              layer,
              new NormModules(
                  torch, owner, weights.stack(stack).spec().norm(), StepModules.TRAINED),
              new CacheModules(torch, owner, true),
              false,
              StepModules.TRAINED)
          .build()
          .layer();
    }

    /** A linear that is two, one behind the other, each trained. */
    private ModuleNode product(
        int stack, int index, String prefix, String name, LowRankWeight product) {
      NDArray down = leaf(product.down());
      NDArray up = leaf(product.up());
      String first = prefix + name + ".down.weight";
      String second = prefix + name + ".up.weight";
      TrainedValue.Kind kind = TrainedValue.Kind.LINEAR;
      values.put(first, new TrainedValue(kind, stack, index, name, down, TrainedValue.Factor.DOWN));
      values.put(second, new TrainedValue(kind, stack, index, name, up, TrainedValue.Factor.UP));
      return LinearModules.module("LowRankLinear")
          .with("down", form.of(first, down))
          .with("up", form.of(second, up));
    }

    private static TrainedValue.Kind kind(boolean linear, String name, NDArray tensor) {
      if (linear) {
        return TrainedValue.Kind.LINEAR;
      }
      if (name.endsWith(".bias")) {
        return TrainedValue.Kind.BIAS;
      }
      return tensor.getShape().dimension() > 1 ? TrainedValue.Kind.LINEAR : TrainedValue.Kind.NORM;
    }

    private ModuleNode head(int index) {
      return Objects.requireNonNull(foundHead(index), "head");
    }

    private @Nullable ModuleNode foundHead(int index) {
      Stack stack = weights.stack(index);
      if (!stack.spec().tiedHead() && stack.names().find(ModelModule.HEAD).isEmpty()) {
        return null;
      }
      try (NDManager scope = owner.newSubManager()) {
        String name = stack.names().head();
        String table = (stack.spec().tiedHead() ? stack.names().embedding() : name) + ".weight";
        NDArray weight =
            Optional.ofNullable(values.get(table))
                .map(TrainedValue::tensor)
                .orElseGet(
                    () ->
                        kept(
                            table,
                            TrainedValue.Kind.LINEAR,
                            dense(scope, weights.linear(scope, name))));
        ModuleNode product = form.of(table, weight);
        if (stack.spec().head().biased()) {
          NDArray bias = weights.tensor(scope, name + ".bias", null);
          product =
              LinearModules.biased(product, kept(name + ".bias", TrainedValue.Kind.BIAS, bias));
        }
        return HeadModules.around(stack.spec().head(), product);
      }
    }

    private ModuleNode encoderHead(int index) {
      List<NDArray> tensors = new ArrayList<>();
      try (NDManager scope = owner.newSubManager()) {
        for (Map.Entry<String, Shape> each :
            EncoderHead.shapes(weights.spec(), weights.checkpoint()).entrySet()) {
          NDArray stored = weights.tensor(scope, each.getKey(), each.getValue());
          tensors.add(
              each.getKey().endsWith(".weight") && each.getValue().dimension() > 1
                  ? kept(each.getKey(), TrainedValue.Kind.LINEAR, stored)
                  : beside(each.getKey(), stored));
        }
      }
      return EncoderHeadTree.module(
          torch, owner, weights.spec(), tensors, foundHead(index), StepModules.TRAINED);
    }
  }
}
