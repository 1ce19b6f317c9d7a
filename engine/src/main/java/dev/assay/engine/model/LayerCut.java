package dev.assay.engine.model;

import dev.assay.engine.model.LinearGroup.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Which heads of a layer and which channels of its feed-forward are kept. Heads go with the key and
 * value head that serves them, all of its queries together: any other choice would leave groups of
 * different sizes. What it makes of a layer is another layer of its kind.
 *
 * @param keyValueHeads kept key and value heads, rising; at least one
 * @param channels of each expert, or of the one feed-forward, the kept channels, rising; as many in
 *     each, at least one
 */
public record LayerCut(List<Integer> keyValueHeads, List<List<Integer>> channels) {
  private static final int ATTENTION_IN = 0;
  private static final int ATTENTION_OUT = 1;

  public LayerCut {
    keyValueHeads = List.copyOf(keyValueHeads);
    channels = channels.stream().map(List::copyOf).toList();
    requireRising("heads", keyValueHeads);
    if (channels.isEmpty() || channels.stream().mapToInt(List::size).distinct().count() > 1) {
      throw new IllegalArgumentException("expected as many channels of each feed-forward");
    }
    channels.forEach(each -> requireRising("channels", each));
  }

  private static void requireRising(String what, List<Integer> kept) {
    boolean rising = IntStream.range(1, kept.size()).allMatch(i -> kept.get(i - 1) < kept.get(i));
    if (kept.isEmpty() || !rising || kept.get(0) < 0) {
      throw new IllegalArgumentException(
          "%s: found %s, expected at least one, rising from 0".formatted(what, kept));
    }
  }

  /** The one that keeps a layer as it is. */
  public static LayerCut nothing(LayerSpec layer) {
    return first(layer, layer.attention().keyValueHeads(), layer.feedForward().intermediateSize());
  }

  /** The one that keeps the first heads and channels: what a layer becomes is told by how many. */
  public static LayerCut first(LayerSpec layer, int keyValueHeads, int intermediateSize) {
    List<Integer> inner = IntStream.range(0, intermediateSize).boxed().toList();
    return new LayerCut(
        IntStream.range(0, keyValueHeads).boxed().toList(),
        IntStream.range(0, layer.feedForward().experts()).mapToObj(expert -> inner).toList());
  }

  /** The same with other heads. */
  public LayerCut withHeads(List<Integer> other) {
    return new LayerCut(other, channels);
  }

  /** The same with other channels. */
  public LayerCut withChannels(List<List<Integer>> other) {
    return new LayerCut(keyValueHeads, other);
  }

  /** Whether it takes heads away. */
  public boolean cutsHeads(LayerSpec layer) {
    return keyValueHeads.size() < layer.attention().keyValueHeads();
  }

  /** Whether it takes channels away. */
  public boolean cutsChannels(LayerSpec layer) {
    return channels.get(0).size() < layer.feedForward().intermediateSize();
  }

  /**
   * The layer that it leaves.
   *
   * @throws IllegalArgumentException if the layer has not what is to be kept, or an attention to an
   *     encoder beside one whose heads go
   */
  public LayerSpec of(LayerSpec layer) {
    AttentionSpec attention = layer.attention();
    FeedForwardSpec feedForward = layer.feedForward();
    requireThere("heads", keyValueHeads, attention.keyValueHeads());
    channels.forEach(each -> requireThere("channels", each, feedForward.intermediateSize()));
    if (channels.size() != feedForward.experts()) {
      throw new IllegalArgumentException(
          "found channels of %d experts, expected %d"
              .formatted(channels.size(), feedForward.experts()));
    }
    if (cutsHeads(layer) && layer.firstFeedForward() != 2) {
      throw new IllegalArgumentException(
          "found an attention to an encoder, expected one attention where heads go");
    }
    List<LinearGroup> groups = groups(layer);
    return new LayerSpec(
        attention.withHeads(keyValueHeads.size() * attention.served(), keyValueHeads.size()),
        feedForward.withIntermediateSize(channels.get(0).size()),
        new LayerLayout(
            layer.layout().modules(),
            layer.layout().norm(),
            groups,
            Foldings.ofOtherShape(layer.layout().foldings(), groups)),
        layer.linears(),
        layer.cache());
  }

  private static void requireThere(String what, List<Integer> kept, int all) {
    if (kept.get(kept.size() - 1) >= all) {
      throw new IllegalArgumentException(
          "%s: found %s, expected some of %d".formatted(what, kept, all));
    }
  }

  /**
   * The kept rows of a linear's weight and of its bias; nothing where all are.
   *
   * @param group its group in the layer
   */
  public Optional<long[]> rows(LayerSpec layer, int group, Linear linear) {
    LinearGroup its = layer.layout().groups().get(group);
    if (group == ATTENTION_IN && cutsHeads(layer)) {
      Role role = its.roles().get(its.parts().indexOf(linear));
      AttentionSpec attention = layer.attention();
      int heads = role == Role.QUERIES ? attention.served() : 1;
      return Optional.of(blocks(keyValueHeads, (long) heads * attention.headDimension()));
    }
    int inner = group - layer.firstFeedForward();
    return inner >= 0 && inner % 2 == 0 && cutsChannels(layer)
        ? Optional.of(blocks(channels.get(inner / 2), 1))
        : Optional.empty();
  }

  /** The kept columns of the weights of a group; nothing where all are. */
  public Optional<long[]> columns(LayerSpec layer, int group) {
    if (group == ATTENTION_OUT && cutsHeads(layer)) {
      AttentionSpec attention = layer.attention();
      return Optional.of(
          blocks(keyValueHeads, (long) attention.served() * attention.headDimension()));
    }
    int inner = group - layer.firstFeedForward();
    return inner > 0 && inner % 2 == 1 && cutsChannels(layer)
        ? Optional.of(blocks(channels.get(inner / 2), 1))
        : Optional.empty();
  }

  /** Names of the linears that it changes. */
  public List<String> changed(LayerSpec layer) {
    List<String> changed = new ArrayList<>();
    for (int i = 0; i < layer.layout().groups().size(); i++) {
      for (Linear linear : layer.layout().groups().get(i).parts()) {
        if (rows(layer, i, linear).isPresent() || columns(layer, i).isPresent()) {
          changed.add(linear.name());
        }
      }
    }
    return changed;
  }

  private static long[] blocks(List<Integer> kept, long size) {
    return kept.stream()
        .flatMapToLong(each -> LongStream.range(each * size, (each + 1) * size))
        .toArray();
  }

  private List<LinearGroup> groups(LayerSpec layer) {
    List<LinearGroup> before = layer.layout().groups();
    Map<String, long[]> left = storedRows(layer);
    List<LinearGroup> groups = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      LinearGroup group = before.get(i);
      long in = columns(layer, i).map(kept -> (long) kept.length).orElse(group.inFeatures());
      List<Linear> parts = new ArrayList<>();
      for (Linear linear : group.parts()) {
        long[] rows = rows(layer, i, linear).orElse(null);
        parts.add(
            rows == null
                ? linear.resized(linear.rows(), linear.outFeatures(), in)
                : linear.resized(places(linear, rows, left), rows.length, in));
      }
      groups.add(new LinearGroup(parts, group.roles()));
    }
    return groups;
  }

  /** Of each stored weight the rows that are left, rising. */
  private Map<String, long[]> storedRows(LayerSpec layer) {
    Map<String, long[]> left = new HashMap<>();
    for (int i = 0; i < layer.layout().groups().size(); i++) {
      for (Linear linear : layer.layout().groups().get(i).parts()) {
        Optional<long[]> rows = rows(layer, i, linear);
        if (linear.rows() != null && rows.isPresent()) {
          long[] stored = stored(linear, rows.get());
          left.merge(
              linear.tensor(),
              stored,
              (some, others) ->
                  LongStream.concat(Arrays.stream(some), Arrays.stream(others)).sorted().toArray());
        }
      }
    }
    return left;
  }

  private static long[] stored(Linear linear, long[] rows) {
    RowBlocks blocks = linear.rows();
    if (blocks == null) {
      return rows;
    }
    long[] all = blocks.indices();
    return Arrays.stream(rows).map(row -> all[Math.toIntExact(row)]).toArray();
  }

  /** Where the rows of a part stand among those that are left of the weight that it shares. */
  private static @Nullable RowBlocks places(Linear linear, long[] rows, Map<String, long[]> left) {
    if (linear.rows() == null) {
      return null;
    }
    long[] all = left.getOrDefault(linear.tensor(), new long[0]);
    return RowBlocks.of(
        Arrays.stream(stored(linear, rows)).map(row -> Arrays.binarySearch(all, row)).toArray());
  }
}
