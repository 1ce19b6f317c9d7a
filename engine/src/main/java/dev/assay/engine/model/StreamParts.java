package dev.assay.engine.model;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/**
 * How the groups of a layer's linears are tied to the residual stream.
 *
 * @param readers for each norm of the stream the groups that read it, by their indices
 * @param writers groups whose outputs are added to the stream
 * @param memory groups that read an encoder's output, which is behind its final norm
 * @param attentions for each attention the group that makes values, and the one that takes the
 *     result
 */
public record StreamParts(
    Map<LayerModule, List<Integer>> readers,
    List<Integer> writers,
    List<Integer> memory,
    List<Attention> attentions) {
  /** The groups that make values, and that take what attention makes of them. */
  public record Attention(int values, int output) {}

  private static final int CROSS_QUERIES = 2;
  private static final int CROSS_VALUES = 3;
  private static final int CROSS_OUTPUT = 4;

  public StreamParts {
    readers = Map.copyOf(readers);
    writers = List.copyOf(writers);
    memory = List.copyOf(memory);
    attentions = List.copyOf(attentions);
  }

  /** The groups that read a norm of the stream. */
  public Set<Integer> reading() {
    return readers.values().stream().flatMap(List::stream).collect(Collectors.toSet());
  }

  /**
   * A layer's groups of linears where its stream has other widths.
   *
   * @param read what those that read it take in
   * @param written what those that write it put out, by their indices
   */
  List<LinearGroup> resized(LayerLayout layout, int read, IntUnaryOperator written) {
    Set<Integer> reading = reading();
    List<LinearGroup> groups = new ArrayList<>();
    for (int group = 0; group < layout.groups().size(); group++) {
      LinearGroup before = layout.groups().get(group);
      if (reading.contains(group)) {
        groups.add(before.reshaped(linear -> linear.reading(read)));
      } else if (writers.contains(group)) {
        int width = written.applyAsInt(group);
        groups.add(before.reshaped(linear -> linear.writing(width)));
      } else {
        groups.add(before);
      }
    }
    return groups;
  }

  /** The parts of a layer, of whatever residual: after-norms read no stream and feed one. */
  public static StreamParts of(Residual residual, LayerSpec layer) {
    List<Integer> inputs = new ArrayList<>();
    List<Integer> writers = new ArrayList<>(List.of(1));
    List<Attention> attentions = new ArrayList<>(List.of(new Attention(0, 1)));
    for (int expert = 0; expert < layer.feedForward().experts(); expert++) {
      inputs.add(layer.firstFeedForward() + 2 * expert);
      writers.add(layer.firstFeedForward() + 2 * expert + 1);
    }
    Map<LayerModule, List<Integer>> readers = new EnumMap<>(LayerModule.class);
    List<Integer> memory = new ArrayList<>();
    switch (residual) {
      case PARALLEL -> {
        inputs.add(0, 0);
        readers.put(LayerModule.ATTENTION_NORM, inputs);
      }
      case POST -> {}
      default -> {
        readers.put(LayerModule.ATTENTION_NORM, List.of(0));
        readers.put(LayerModule.FEED_FORWARD_NORM, inputs);
      }
    }
    if (residual == Residual.CROSS) {
      readers.put(LayerModule.CROSS_NORM, List.of(CROSS_QUERIES));
      memory.add(CROSS_VALUES);
      writers.add(CROSS_OUTPUT);
      attentions.add(new Attention(CROSS_VALUES, CROSS_OUTPUT));
    }
    return new StreamParts(readers, writers, memory, attentions);
  }
}
