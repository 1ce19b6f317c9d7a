package dev.assay.engine.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A stack as configurations describe it: layers that are alike in all but their windows.
 *
 * @param spec what the layers have in common
 * @param attention their attention, without windows
 * @param feedForward their feed-forward
 * @param windows for each layer how many positions a query sees, its own included; 0 for all
 */
public record StackShape(
    StackSpec spec, AttentionSpec attention, FeedForwardSpec feedForward, List<Integer> windows) {
  public StackShape {
    StackSpec.within("num_hidden_layers", windows.size(), StackSpec.MOST_LAYERS);
    windows = List.copyOf(windows);
  }

  /** Layers that see all positions. */
  public StackShape(
      StackSpec spec, int layers, AttentionSpec attention, FeedForwardSpec feedForward) {
    this(spec, attention, feedForward, everywhere(0, layers));
  }

  /** The same window in every layer. */
  public static List<Integer> everywhere(int window, int layers) {
    StackSpec.within("num_hidden_layers", layers, StackSpec.MOST_LAYERS);
    return Collections.nCopies(layers, window);
  }

  /** The same with other windows. */
  public StackShape withWindows(List<Integer> other) {
    return new StackShape(spec, attention, feedForward, other);
  }

  /** The same with another attention. */
  public StackShape with(AttentionSpec other) {
    return new StackShape(spec, other, feedForward, windows);
  }

  /**
   * The stack.
   *
   * @param names where its tensors are
   * @param layout what each layer is made of
   */
  public Stack stack(TensorNames names, LayerLayout layout) {
    List<LayerSpec> layers = new ArrayList<>();
    for (int window : windows) {
      layers.add(LayerSpec.of(attention.withWindow(window), feedForward, layout));
    }
    return new Stack(spec, names, layers);
  }

  public int vocabularySize() {
    return spec.vocabularySize();
  }

  public int hiddenSize() {
    return spec.hiddenSize();
  }

  /** Number of layers. */
  public int layers() {
    return windows.size();
  }

  public NormSpec norm() {
    return spec.norm();
  }

  public Residual residual() {
    return spec.residual();
  }

  public Positions positions() {
    return spec.positions();
  }

  public int heads() {
    return attention.heads();
  }

  public int keyValueHeads() {
    return attention.keyValueHeads();
  }

  public int headDimension() {
    return attention.headDimension();
  }

  /** Width of all query heads together. */
  public int queryWidth() {
    return attention.queryWidth();
  }

  /** Width of all key (or value) heads together. */
  public int keyValueWidth() {
    return attention.keyValueWidth();
  }
}
