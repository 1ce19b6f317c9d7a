package dev.assay.engine.train;

import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import java.util.HashSet;
import java.util.Set;

/**
 * Floating-point operations of a forward pass, a multiply-add counting as two: products with the
 * weights of layers and head, and of queries, keys and values, the whole square of a sequence. Of
 * experts those that a token goes through. Embeddings, norms and the like count nothing.
 *
 * @param layers of a forward pass through the layers
 * @param head of one through the head
 */
public record ForwardFlops(long layers, long head) {
  /**
   * Those of sequences of one length.
   *
   * @param sequences how many
   * @param length tokens of each
   */
  public static ForwardFlops of(ModelSpec spec, long sequences, long length) {
    long tokens = sequences * length;
    long layers = 0;
    for (Stack stack : spec.stacks()) {
      for (LayerSpec layer : stack.layers()) {
        layers += 2 * tokens * weights(layer) + attention(layer, sequences, length);
      }
    }
    return new ForwardFlops(layers, 2 * tokens * head(spec));
  }

  /** Weights of a layer that a token is multiplied by. */
  public static long weights(LayerSpec layer) {
    FeedForwardSpec feed = layer.feedForward();
    Set<String> unused = new HashSet<>();
    if (feed.experts() > 1) {
      int last = layer.firstFeedForward() + 2 * feed.expertsPerToken();
      layer.layout().groups().stream()
          .skip(last)
          .flatMap(group -> group.linears().stream())
          .forEach(unused::add);
    }
    long weights =
        layer
            .layout()
            .parts()
            .filter(linear -> !unused.contains(linear.name()))
            .mapToLong(ForwardFlops::size)
            .sum();
    return feed.experts() > 1 ? weights + (long) feed.experts() * hidden(layer) : weights;
  }

  private static long hidden(LayerSpec layer) {
    return layer.layout().groups().get(0).parts().get(0).inFeatures();
  }

  private static long size(Linear linear) {
    return linear.outFeatures() * linear.inFeatures();
  }

  /** Weights of the head. */
  public static long head(ModelSpec spec) {
    return (long) spec.spec().vocabularySize() * spec.spec().headWidth();
  }

  private static long attention(LayerSpec layer, long sequences, long length) {
    return 4L
        * sequences
        * layer.attention().heads()
        * length
        * length
        * layer.attention().headDimension();
  }

  /** Those of a forward pass in products of queries, keys and values. */
  public static long attention(ModelSpec spec, long sequences, long length) {
    return spec.stacks().stream()
        .flatMap(stack -> stack.layers().stream())
        .mapToLong(layer -> attention(layer, sequences, length))
        .sum();
  }

  /** A forward pass. */
  public long forward() {
    return layers + head;
  }
}
