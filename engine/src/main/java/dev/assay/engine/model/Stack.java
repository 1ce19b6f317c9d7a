package dev.assay.engine.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Layers one after the other, with what stands around them.
 *
 * @param spec what they have in common
 * @param names where the tensors are
 * @param layers each of them
 * @param exits where tokens leave before the last; null where none does
 */
public record Stack(
    StackSpec spec, TensorNames names, List<LayerSpec> layers, @Nullable EarlyExits exits) {
  public Stack {
    layers = List.copyOf(layers);
    StackSpec.within("num_hidden_layers", layers.size(), StackSpec.MOST_LAYERS);
    if (exits != null && exits.exits().get(exits.exits().size() - 1).after() >= layers.size()) {
      throw new IllegalArgumentException(
          "after: found "
              + exits.exits().stream().map(EarlyExits.Exit::after).toList()
              + ", expected 1 to "
              + (layers.size() - 1));
    }
  }

  /** One that tokens go through as a whole. */
  public Stack(StackSpec spec, TensorNames names, List<LayerSpec> layers) {
    this(spec, names, layers, null);
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
    return new Stack(spec, other, layers, exits);
  }

  /** The same with other layers. */
  public Stack with(List<LayerSpec> other) {
    return new Stack(spec, names, other, exits);
  }

  /** The same that tokens leave elsewhere. */
  public Stack with(@Nullable EarlyExits other) {
    return new Stack(spec, names, layers, other);
  }

  /** The same with one layer changed. */
  public Stack with(int index, UnaryOperator<LayerSpec> change) {
    List<LayerSpec> others = new ArrayList<>(layers);
    others.set(index, change.apply(layers.get(index)));
    return with(others);
  }
}
