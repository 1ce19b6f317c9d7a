package dev.assay.engine.fold;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fold.RotateParameters.Heads;
import dev.assay.engine.hadamard.HadamardMatrix;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.model.StreamParts;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.PlainInput;
import dev.assay.engine.weight.RotatedInput;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.working.LayerChanges;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rotates one layer. In float64: norms into the linears that read them, the means of the stream out
 * of those that write it where norms take means, then Q into both; the heads' rotation into values
 * and what reads them; the feed-forward's into its last linear.
 */
public final class LayerRotation {
  private final TorchSession torch;
  private final NDManager scope;
  private NDManager work;
  private final ScriptModule script;
  private final RotateParameters parameters;
  private final @Nullable LayerBases bases;
  private final StackSpec spec;
  private final LayerSpec layer;
  private final StreamParts parts;
  private final Map<String, NDArray> values;

  /** Weights and biases by name, float64, as far as they have been changed. */
  private final Map<String, NDArray> weights = new HashMap<>();

  private final Map<String, NDArray> others = new HashMap<>();

  /**
   * @param scope manager of all that is computed
   * @param bases of the stream, if it is rotated
   * @param spec of the stack as it was
   * @param layer as it was
   * @param values of the layer in float32, by name
   */
  LayerRotation(
      TorchSession torch,
      NDManager scope,
      RotateParameters parameters,
      @Nullable LayerBases bases,
      StackSpec spec,
      LayerSpec layer,
      Map<String, NDArray> values) {
    this.torch = torch;
    this.scope = scope;
    this.work = scope.newSubManager();
    this.script = torch.script(LayerRotation.class, "rotate.py");
    this.parameters = parameters;
    this.bases = bases;
    this.spec = spec;
    this.layer = layer;
    this.parts = StreamParts.of(spec.residual(), layer);
    this.values = values;
  }

  /** A layer whose stream alone is rotated. */
  public static LayerRotation ofStream(
      TorchSession torch,
      NDManager scope,
      LayerBases bases,
      StackSpec spec,
      LayerSpec layer,
      Map<String, NDArray> values) {
    RotateParameters stream =
        new RotateParameters(
            RotateParameters.Stream.ORTHOGONAL, Heads.NONE, RotateParameters.Down.NONE, 0);
    return new LayerRotation(torch, scope, stream, bases, spec, layer, values);
  }

  /** What is done to inputs in the rotated layer. */
  static LayerSpec treated(RotateParameters parameters, StackSpec spec, LayerSpec layer) {
    LayerSpec treated = layer;
    StreamParts parts = StreamParts.of(spec.residual(), layer);
    int heads = layer.attention().heads();
    if (parameters.heads() == Heads.ACROSS && heads > 1) {
      RotatedInput across =
          new RotatedInput(heads, layer.attention().headDimension(), new PlainInput());
      for (StreamParts.Attention attention : parts.attentions()) {
        treated = treated(treated, attention.output(), across);
      }
    }
    int block = parameters.downBlock(layer.feedForward().intermediateSize());
    if (block > 1) {
      for (int expert = 0; expert < layer.feedForward().experts(); expert++) {
        treated =
            treated(
                treated,
                layer.firstFeedForward() + 2 * expert + 1,
                new RotatedInput(block, new PlainInput()));
      }
    }
    return treated;
  }

  private static LayerSpec treated(LayerSpec layer, int group, RotatedInput input) {
    LayerSpec treated = layer;
    for (String linear : layer.layout().groups().get(group).linears()) {
      treated = treated.with(linear, treated.linear(linear).with(input));
    }
    return treated;
  }

  /**
   * The rotated layer's weights.
   *
   * @param memoryNorm what the final norm of the encoder that the layer reads multiplies by,
   *     float64; nothing where it reads none
   */
  public LayerChanges changes(@Nullable NDArray memoryNorm) {
    if (bases != null) {
      parts.readers().forEach((norm, groups) -> fold(bases, norm, groups));
      for (int group : parts.memory()) {
        read(bases.attentionReads(), group(group), Objects.requireNonNull(memoryNorm));
      }
      for (int group : parts.writers()) {
        boolean feeds = group >= layer.firstFeedForward();
        StreamRotation basis = feeds ? bases.feedForwardWrites() : bases.attentionWrites();
        group(group).parts().forEach(part -> write(basis, part));
      }
    }
    if (parameters.heads() != Heads.NONE) {
      parts.attentions().forEach(this::heads);
    }
    int block = parameters.downBlock(layer.feedForward().intermediateSize());
    if (block > 1) {
      HadamardMatrix matrix = HadamardMatrix.of(block);
      for (int expert = 0; expert < layer.feedForward().experts(); expert++) {
        for (Linear down : group(layer.firstFeedForward() + 2 * expert + 1).parts()) {
          put(down.name(), matrix.multiply(torch, scope, value(down.name()), 1));
        }
      }
    }
    return narrowed();
  }

  private LinearGroup group(int index) {
    return layer.layout().groups().get(index);
  }

  private void fold(LayerBases bases, LayerModule norm, List<Integer> groups) {
    boolean feeds = norm == LayerModule.FEED_FORWARD_NORM;
    StreamRotation basis = feeds ? bases.feedForwardReads() : bases.attentionReads();
    String name = Objects.requireNonNull(layer.layout().modules().get(norm));
    NDArray factor = value(name).add(spec.norm().kind().offset()).mul(bases.gain());
    factor.attach(scope);
    for (int group : groups) {
      layer
          .layout()
          .bias(norm)
          .ifPresent(bias -> group(group).parts().forEach(part -> takeUp(part, value(bias))));
      read(basis, group(group), factor);
    }
    String router = layer.layout().modules().get(LayerModule.ROUTER);
    if (router != null && feeds) {
      NDArray turned = basis.apply(torch, work, scaled(value(router), factor));
      turned.attach(scope);
      others.put(router, turned);
    }
    // One times its inverse: what is left of the norm.
    double left = 1 - spec.norm().kind().offset();
    others.put(name, script.call(scope, "filled", factor, basis.width(), left));
  }

  /** A norm's bias, which a linear that reads it makes part of its own. */
  private void takeUp(Linear part, NDArray bias) {
    NDArray own = part.biased() ? value(part.biasName()) : scope.create(new double[0]);
    weights.put(part.biasName(), script.call(scope, "bias_behind", value(part.name()), bias, own));
  }

  private void read(StreamRotation basis, LinearGroup group, NDArray factor) {
    for (Linear part : group.parts()) {
      put(part.name(), basis.apply(torch, work, scaled(value(part.name()), factor)));
    }
  }

  private void write(StreamRotation basis, Linear part) {
    NDArray weight = value(part.name());
    boolean means = spec.norm().kind() == NormSpec.Kind.LAYER;
    if (means) {
      weight = script.call(work, "centred", weight, 0L);
    }
    put(part.name(), turned(basis.apply(torch, work, turned(weight))));
    if (part.biased()) {
      NDArray bias = value(part.biasName());
      NDArray centred = means ? script.call(work, "centred", bias, 0L) : bias;
      put(part.biasName(), basis.apply(torch, work, centred));
    }
  }

  private void heads(StreamParts.Attention attention) {
    HadamardMatrix within = HadamardMatrix.of(layer.attention().headDimension());
    Linear made = group(attention.values()).values();
    put(made.name(), turned(within.multiply(torch, scope, turned(value(made.name())), 1)));
    if (values.containsKey(made.biasName()) || weights.containsKey(made.biasName())) {
      put(made.biasName(), within.multiply(torch, scope, value(made.biasName()), 1));
    }
    for (Linear output : group(attention.output()).parts()) {
      NDArray weight = within.multiply(torch, work, value(output.name()), 1);
      if (parameters.heads() == Heads.ACROSS) {
        weight =
            HadamardMatrix.of(layer.attention().heads())
                .multiply(torch, scope, weight, layer.attention().headDimension());
      }
      put(output.name(), weight);
    }
  }

  private NDArray scaled(NDArray weight, NDArray factor) {
    return script.call(work, "scaled_columns", weight, factor);
  }

  private NDArray turned(NDArray matrix) {
    return script.call(work, "turned", matrix);
  }

  private NDArray value(String name) {
    NDArray changed = weights.get(name);
    return changed != null
        ? changed
        : script.call(work, "wide", Objects.requireNonNull(values.get(name), name));
  }

  /** Keeps a weight, and lets go of what was computed on the way to it. */
  private void put(String name, NDArray value) {
    value.attach(scope);
    NDArray before = weights.put(name, value);
    if (before != null && before != value) {
      before.close();
    }
    work.close();
    work = scope.newSubManager();
  }

  private LayerChanges narrowed() {
    Map<String, NDArray> changed = new HashMap<>();
    Map<String, StoredWeight> linears = new HashMap<>();
    others.forEach((name, value) -> changed.put(name, narrow(value)));
    weights.forEach(
        (name, value) -> {
          if (layer.layout().names().contains(name)) {
            linears.put(name, new DenseWeight(narrow(value), DType.FLOAT32));
          } else {
            changed.put(name, narrow(value));
          }
        });
    return new LayerChanges(changed, linears);
  }

  private NDArray narrow(NDArray value) {
    return script.call(scope, "narrow", value);
  }
}
