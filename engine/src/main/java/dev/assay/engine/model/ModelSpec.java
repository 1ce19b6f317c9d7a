package dev.assay.engine.model;

import java.util.ArrayList;
import java.util.List;

/**
 * All that is to know of a model beside its weights.
 *
 * @param family name of the family, for example {@code llama}
 * @param kind what it is for
 * @param stacks its layers; an encoder comes before the decoder
 * @param startToken what a decoder that reads an encoder begins with; 0 otherwise
 */
public record ModelSpec(String family, Kind kind, List<Stack> stacks, long startToken) {
  /** What a model is for. */
  public enum Kind {
    /** Continues text. */
    CAUSAL,
    /** Writes one text after reading another. */
    ENCODER_DECODER,
    /** Fills gaps in text. */
    MASKED,
    /** Puts text into classes. */
    CLASSIFIER
  }

  public ModelSpec {
    stacks = List.copyOf(stacks);
    if (stacks.size() != (kind == Kind.ENCODER_DECODER ? 2 : 1)) {
      throw new IllegalArgumentException(stacks.size() + " stacks in a model of kind " + kind);
    }
  }

  /** A model of one stack that continues text. */
  public static ModelSpec causal(
      String family, StackShape shape, TensorNames names, LayerLayout layout) {
    return new ModelSpec(family, Kind.CAUSAL, List.of(shape.stack(names, layout)), 0);
  }

  /** The same with tensor names that lack a prefix. */
  public ModelSpec stripped(String prefix) {
    return new ModelSpec(
        family,
        kind,
        stacks.stream().map(stack -> stack.with(stack.names().stripped(prefix))).toList(),
        startToken);
  }

  /** The same with another stack in the place of one. */
  public ModelSpec with(int index, Stack stack) {
    List<Stack> others = new ArrayList<>(stacks);
    others.set(index, stack);
    return new ModelSpec(family, kind, others, startToken);
  }

  /**
   * The same with a head of its own, which has taken up the factor that came before it; as it is
   * where it has one.
   */
  public ModelSpec untied() {
    if (!spec().tiedHead()) {
      return this;
    }
    StackSpec spec = spec();
    StackSpec own =
        new StackSpec(
            spec.vocabularySize(),
            spec.hiddenSize(),
            spec.contextLength(),
            spec.norm(),
            spec.residual(),
            spec.positions(),
            spec.embedding(),
            new StackSpec.HeadSpec(false, spec.head().biased(), 1, spec.head().cap()),
            spec.sliced());
    return with(stacks.size() - 1, new Stack(own, names(), main().layers(), main().exits()));
  }

  /** The stack that gives the output. */
  public Stack main() {
    return stacks.get(stacks.size() - 1);
  }

  /** What the layers of the stack that gives the output have in common. */
  public StackSpec spec() {
    return main().spec();
  }

  /** Names of the stack that gives the output. */
  public TensorNames names() {
    return main().names();
  }

  /** The same as far as a configuration can say it: in which format linears are stored left out. */
  public ModelSpec unformed() {
    return new ModelSpec(
        family,
        kind,
        stacks.stream()
            .map(stack -> stack.with(stack.layers().stream().map(LayerSpec::unformed).toList()))
            .toList(),
        startToken);
  }

  /** Layers of all stacks. */
  public int layers() {
    return stacks.stream().mapToInt(stack -> stack.layers().size()).sum();
  }
}
