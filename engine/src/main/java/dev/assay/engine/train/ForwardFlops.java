package dev.assay.engine.train;

import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.LinearGroup.Role;
import dev.assay.engine.model.ModelSpec;
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
   * Those of sequences of one length, of a model of one stack.
   *
   * @param sequences how many
   * @param length tokens of each
   */
  public static ForwardFlops of(ModelSpec spec, long sequences, long length) {
    return of(spec, sequences, SequenceLengths.of(length));
  }

  /** Those of sequences that an encoder may read a part of. */
  public static ForwardFlops of(ModelSpec spec, long sequences, SequenceLengths lengths) {
    long layers = 0;
    for (int i = 0; i < spec.stacks().size(); i++) {
      for (LayerSpec layer : spec.stacks().get(i).layers()) {
        long across = across(layer);
        long own = tokens(spec, i, lengths);
        layers += 2 * (own * (weights(layer) - across) + lengths.read() * across);
      }
    }
    long each = layers + attention(spec, lengths);
    return new ForwardFlops(sequences * each, sequences * 2 * lengths.written() * head(spec));
  }

  /** Tokens of a sequence that a stack's own linears are given. */
  static long tokens(ModelSpec spec, int stack, SequenceLengths lengths) {
    return stack == spec.stacks().size() - 1 ? lengths.written() : lengths.read();
  }

  /** Whether linears are given what an encoder has read: keys and values without queries. */
  static boolean readsAcross(LinearGroup group) {
    return group.roles().contains(Role.KEYS) && !group.roles().contains(Role.QUERIES);
  }

  private static long across(LayerSpec layer) {
    return layer.layout().groups().stream()
        .filter(ForwardFlops::readsAcross)
        .flatMap(group -> group.parts().stream())
        .mapToLong(ForwardFlops::size)
        .sum();
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

  /** Those of a forward pass of one sequence in products of queries, keys and values. */
  public static long attention(ModelSpec spec, SequenceLengths lengths) {
    long products = 0;
    for (int i = 0; i < spec.stacks().size(); i++) {
      long own = tokens(spec, i, lengths);
      for (LayerSpec layer : spec.stacks().get(i).layers()) {
        boolean across = layer.layout().groups().stream().anyMatch(ForwardFlops::readsAcross);
        long keys = across ? own + lengths.read() : own;
        products += 4L * layer.attention().heads() * layer.attention().headDimension() * own * keys;
      }
    }
    return products;
  }

  /** A forward pass. */
  public long forward() {
    return layers + head;
  }
}
