package dev.assay.engine.model;

import java.util.List;

/**
 * All that is to know of a model beside its weights.
 *
 * @param family name of the family, for example {@code llama}
 * @param kind what it is for
 * @param stacks its layers; an encoder comes before the decoder
 * @param startToken what a decoder that reads an encoder begins with; 0 otherwise
 */
public record Architecture(String family, Kind kind, List<Stack> stacks, long startToken) {
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

  public Architecture {
    stacks = List.copyOf(stacks);
    if (stacks.size() != (kind == Kind.ENCODER_DECODER ? 2 : 1)) {
      throw new IllegalArgumentException(stacks.size() + " stacks in a model of kind " + kind);
    }
  }

  /** A model of one stack that continues text. */
  public static Architecture causal(
      String family, DecoderSpec spec, TensorNames names, LayerLayout layout) {
    return new Architecture(family, Kind.CAUSAL, List.of(new Stack(spec, names, layout)), 0);
  }

  /** The same with tensor names that lack a prefix. */
  public Architecture stripped(String prefix) {
    return new Architecture(
        family,
        kind,
        stacks.stream()
            .map(stack -> new Stack(stack.spec(), stack.names().stripped(prefix), stack.layout()))
            .toList(),
        startToken);
  }

  /** The stack that gives the output. */
  public Stack main() {
    return stacks.get(stacks.size() - 1);
  }

  /** Shape of the stack that gives the output. */
  public DecoderSpec spec() {
    return main().spec();
  }

  /** Names of the stack that gives the output. */
  public TensorNames names() {
    return main().names();
  }

  /** Layout of the stack that gives the output. */
  public LayerLayout layout() {
    return main().layout();
  }

  /** Layers of all stacks. */
  public int layers() {
    return stacks.stream().mapToInt(stack -> stack.spec().layers()).sum();
  }
}
