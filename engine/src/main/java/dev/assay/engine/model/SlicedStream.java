package dev.assay.engine.model;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A residual stream that was turned and cut: within the layers it has fewer numbers than the model
 * is wide, each part of a layer has a basis of its own, and what goes past a part is multiplied by
 * the matrix from one basis to the next. Behind the last layer it is as wide as the model again.
 *
 * <p>Its norms go by the mean square over all numbers of the model, those that are gone counted as
 * 0: x / √(Σx² / hidden + ε). That is √(hidden / width) times the norm of the numbers that are left
 * with ε · hidden / width. The factor is in the linears that read the norm, so that norms are the
 * ordinary ones.
 *
 * @param width numbers of a token
 * @param epsilon added to the mean square, by the final norm too
 * @see <a href="https://arxiv.org/abs/2401.15024">Ashkboos et al. 2024, SliceGPT</a>
 */
public record SlicedStream(int width, double epsilon) {
  /** Of the matrices, as the published code calls them. */
  private static final Map<LayerModule, String> NAMES =
      Map.of(
          LayerModule.ATTENTION_SHORTCUT, "attn_shortcut_Q",
          LayerModule.FEED_FORWARD_SHORTCUT, "mlp_shortcut_Q");

  public SlicedStream {
    StackSpec.within("width", width, StackSpec.MOST_WIDTH);
    StackSpec.finite("epsilon", epsilon, false);
  }

  /** What linears that read a norm of the stream have taken up. */
  public double gain(int hiddenSize) {
    return Math.sqrt((double) hiddenSize / width);
  }

  /** Name of a shortcut within its layer. */
  public static String name(LayerModule shortcut) {
    return Objects.requireNonNull(NAMES.get(shortcut), shortcut.name());
  }

  NormSpec norm(int hiddenSize) {
    return new NormSpec(NormSpec.Kind.RMS, epsilon * hiddenSize / width);
  }

  /**
   * What a model becomes whose stream is sliced so.
   *
   * @param model one whose norms of mean and variance have been folded, and whose head is its own
   * @param index of the stack
   * @throws IllegalArgumentException if it cannot be sliced
   */
  public ModelSpec of(ModelSpec model, int index) {
    Stack stack = model.stacks().get(index);
    StackSpec spec = stack.spec();
    require(model, spec);
    List<LayerSpec> layers = new ArrayList<>();
    for (int layer = 0; layer < stack.depth(); layer++) {
      int out = layer == stack.depth() - 1 ? spec.hiddenSize() : width;
      layers.add(sliced(spec.residual(), stack.layer(layer), out));
    }
    StackSpec own =
        new StackSpec(
            spec.vocabularySize(),
            spec.hiddenSize(),
            spec.contextLength(),
            spec.norm(),
            spec.residual(),
            spec.positions(),
            spec.embedding(),
            spec.head(),
            this);
    return model.with(index, new Stack(own, stack.names(), layers));
  }

  private static void require(ModelSpec model, StackSpec spec) {
    String fault = null;
    if (spec.sliced() != null) {
      fault = "a stream that is sliced already";
    } else if (spec.tiedHead()) {
      fault = "a head that multiplies by the embedding";
    } else if (spec.norm().kind() != NormSpec.Kind.RMS) {
      fault = "norms that take means or add to their weights";
    } else if (spec.residual() == Residual.POST || spec.residual() == Residual.SANDWICH) {
      fault = "norms whose output is added to the stream";
    } else if (spec.embedding().width() != spec.hiddenSize()) {
      fault = "an embedding that is projected";
    } else if (model.kind() != ModelSpec.Kind.CAUSAL) {
      fault = "a model that does more than continue text";
    }
    if (fault != null) {
      throw new IllegalArgumentException(
          "found " + fault + ", which cannot be said beside a sliced stream");
    }
  }

  /**
   * @param out width behind the layer
   */
  private LayerSpec sliced(Residual residual, LayerSpec layer, int out) {
    boolean parallel = residual == Residual.PARALLEL || residual == Residual.PARALLEL_NORMS;
    LayerLayout layout = layer.layout();
    List<LinearGroup> groups =
        StreamParts.of(residual, layer)
            .resized(layout, width, group -> group == 1 && !parallel ? width : out);
    Map<LayerModule, String> modules = new EnumMap<>(layout.modules());
    modules.putAll(NAMES);
    if (parallel) {
      modules.remove(LayerModule.FEED_FORWARD_SHORTCUT);
    }
    return new LayerSpec(
        layer.attention(),
        layer.feedForward(),
        new LayerLayout(modules, layout.norm(), groups, layout.foldings()),
        layer.linears(),
        layer.cache());
  }
}
