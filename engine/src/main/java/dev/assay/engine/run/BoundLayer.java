package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.Inspected;
import dev.assay.engine.torch.ScriptModule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer with its weights, ready to run on any number of inputs, float32 [sequences, tokens,
 * hidden]. Holds the weights until it is closed.
 */
public final class BoundLayer implements AutoCloseable {
  private final NDManager scope;
  private final CalibratedModules modules;

  /**
   * @param scope of what was made for the binding
   */
  BoundLayer(NDManager scope, CalibratedModules modules) {
    this.scope = scope;
    this.modules = modules;
  }

  /**
   * What a layer does to its input.
   *
   * @param groupInputs the input of each group of linears, in the layout's order: [sequences,
   *     tokens, features], or [tokens, features] for the tokens that reach an expert
   * @param output the layer's output
   */
  public record Taps(List<NDArray> groupInputs, NDArray output) {}

  /**
   * Runs the layer and shows what its linears see.
   *
   * @param memory an encoder's output, for a layer that reads it
   */
  public Taps taps(NDManager owner, NDArray input, @Nullable NDArray memory) {
    List<NDArray> outputs =
        root(input).callForList(owner, "inputs_and_output", input, given(memory));
    int groups = outputs.size() - 1;
    return new Taps(List.copyOf(outputs.subList(0, groups)), outputs.get(groups));
  }

  /**
   * The keys and values that the attention's tokens would leave in a cache, read in full precision,
   * [sequences, 2 · heads, tokens, width of a head], the keys of all heads before the values.
   *
   * @param unturned whether keys are wanted as they are before positions turn them
   */
  public NDArray keysAndValues(
      NDManager owner, NDArray input, @Nullable NDArray memory, boolean unturned) {
    return root(input).call(owner, "keys_and_values", input, given(memory), unturned);
  }

  /**
   * What the router and the experts of the layer read, [sequences, tokens, hidden].
   *
   * @throws IllegalArgumentException if the layer has no experts to choose from
   */
  public NDArray routedInput(NDManager owner, NDArray input, @Nullable NDArray memory) {
    NDArray found = root(input).call(owner, "routed_input", input, given(memory));
    if (found.getShape().size() == 0) {
      throw new IllegalArgumentException("found a layer without a router, expected experts");
    }
    return found;
  }

  /** What the layer makes of its input. */
  public NDArray output(NDManager owner, NDArray input, @Nullable NDArray memory) {
    return root(input).call(owner, "output", input, given(memory));
  }

  /**
   * The output of the module that shows what a change to linears does, from its input.
   *
   * @param inspected the module
   * @param group the group of linears whose input is given
   */
  public NDArray inspect(
      NDManager owner, Inspected inspected, int group, NDArray input, @Nullable NDArray memory) {
    return switch (inspected) {
      case ATTENTION -> root(input).call(owner, "attention", input, given(memory));
      case FEED_FORWARD -> modules.root().call(owner, "feed_forward", input);
      case LAYER -> output(owner, input, memory);
      case BOTH -> root(input).call(owner, "both", input, given(memory));
      case LINEARS -> modules.root().call(owner, "group", group, input);
    };
  }

  private ScriptModule root(NDArray input) {
    modules.positions().extend(modules.root(), input.getShape().get(1));
    return modules.root();
  }

  private NDArray given(@Nullable NDArray memory) {
    return memory == null ? scope.create(new float[0]) : memory;
  }

  /** Lets go of the weights. */
  @Override
  public void close() {
    try (scope) {
      modules.module().unload();
    }
  }
}
