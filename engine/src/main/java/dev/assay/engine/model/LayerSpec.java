package dev.assay.engine.model;

import dev.assay.engine.weight.SchemeKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One layer of a stack; layers of one stack may differ.
 *
 * @param attention its attention
 * @param feedForward its feed-forward
 * @param layout what it is made of
 * @param linears how each of its linears is stored and what becomes of its input, by name
 * @param cache in which form keys and values are kept
 */
public record LayerSpec(
    AttentionSpec attention,
    FeedForwardSpec feedForward,
    LayerLayout layout,
    Map<String, LinearSpec> linears,
    CacheScheme cache) {
  public LayerSpec {
    linears = Map.copyOf(linears);
    if (!linears.keySet().equals(layout.names())) {
      throw new IllegalArgumentException(
          "found specifications of " + linears.keySet() + ", expected of " + layout.names());
    }
    for (Linear linear : layout.parts().toList()) {
      LinearSpec spec = linears.get(linear.name());
      if (spec != null) {
        spec.input().requireFits(linear.inFeatures());
      }
    }
    try {
      cache.requireFits(attention);
    } catch (IllegalArgumentException e) {
      throw SchemeKeys.within("cache", e);
    }
  }

  /** A layer whose linears are stored value by value and take their input as it comes. */
  public static LayerSpec of(
      AttentionSpec attention, FeedForwardSpec feedForward, LayerLayout layout) {
    Map<String, LinearSpec> linears = new HashMap<>();
    layout.linears().forEach(name -> linears.put(name, LinearSpec.PLAIN));
    return new LayerSpec(attention, feedForward, layout, linears, new DenseCache());
  }

  /**
   * How a linear is stored and what becomes of its input.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public LinearSpec linear(String name) {
    LinearSpec linear = linears.get(name);
    if (linear == null) {
      throw new IllegalArgumentException("no linear is called " + name);
    }
    return linear;
  }

  /** The same with another specification of a linear. */
  public LayerSpec with(String linear, LinearSpec spec) {
    linear(linear);
    Map<String, LinearSpec> others = new HashMap<>(linears);
    others.put(linear, spec);
    return new LayerSpec(attention, feedForward, layout, others, cache);
  }

  /** The same with another cache. */
  public LayerSpec with(CacheScheme other) {
    return new LayerSpec(attention, feedForward, layout, linears, other);
  }

  /** The same where linears have biases too. */
  public LayerSpec withBiases(Set<String> biased) {
    List<LinearGroup> groups =
        layout.groups().stream().map(group -> group.withBiases(biased)).toList();
    return new LayerSpec(
        attention,
        feedForward,
        new LayerLayout(layout.modules(), layout.norm(), groups, layout.foldings()),
        linears,
        cache);
  }

  /** The same with another feed-forward of the same linears. */
  public LayerSpec with(FeedForwardSpec other) {
    if (other.experts() != feedForward.experts()
        || other.intermediateSize() != feedForward.intermediateSize()
        || other.gated() != feedForward.gated()) {
      throw new IllegalArgumentException(
          "found " + other + ", expected one of the linears of " + feedForward);
    }
    return new LayerSpec(attention, other, layout, linears, cache);
  }

  /** Whether a router gives tokens to experts, of which one may be left. */
  public boolean routed() {
    return layout.modules().containsKey(LayerModule.ROUTER);
  }

  /** The same with another window of attention. */
  public LayerSpec withWindow(int window) {
    return new LayerSpec(attention.withWindow(window), feedForward, layout, linears, cache);
  }

  /** The same without what is not of its shape: linears stored value by value. */
  LayerSpec unformed() {
    Map<String, LinearSpec> others = new HashMap<>();
    linears.forEach((name, linear) -> others.put(name, linear.in(LinearSpec.DENSE)));
    return new LayerSpec(attention, feedForward, layout, others, cache);
  }

  /** Index of the first group of the feed-forward, or of the first expert's. */
  public int firstFeedForward() {
    return layout.groups().size() - 2 * feedForward.experts();
  }

  /**
   * Index of the first group that sees the tokens of one expert; beyond all where there is none.
   */
  public int firstExpert() {
    return feedForward.experts() > 1 ? firstFeedForward() : layout.groups().size();
  }

  /** The part of the tokens that go through a linear, on average: less than 1 for an expert's. */
  public double share(Linear linear) {
    boolean expert =
        layout.groups().subList(firstExpert(), layout.groups().size()).stream()
            .anyMatch(group -> group.parts().contains(linear));
    return expert ? feedForward.meanExperts() / feedForward.experts() : 1;
  }
}
