package dev.assay.engine.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Layers one after the other, with what stands around them.
 *
 * @param spec what they have in common
 * @param names where the tensors are
 * @param layers each of them
 */
public record Stack(StackSpec spec, TensorNames names, List<LayerSpec> layers) {
  public Stack {
    layers = List.copyOf(layers);
    StackSpec.within("num_hidden_layers", layers.size(), StackSpec.MOST_LAYERS);
  }

  /** A layer. */
  public LayerSpec layer(int index) {
    return layers.get(index);
  }

  /** Number of layers. */
  public int depth() {
    return layers.size();
  }

  /** The same under other names. */
  public Stack with(TensorNames other) {
    return new Stack(spec, other, layers);
  }

  /** The same with other layers. */
  public Stack with(List<LayerSpec> other) {
    return new Stack(spec, names, other);
  }

  /** The same with one layer changed. */
  public Stack with(int index, UnaryOperator<LayerSpec> change) {
    List<LayerSpec> others = new ArrayList<>(layers);
    others.set(index, change.apply(layers.get(index)));
    return with(others);
  }
}
