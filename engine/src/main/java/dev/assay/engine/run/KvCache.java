package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.ScriptValue;
import java.util.function.IntFunction;

/**
 * Keys and values of the tokens seen so far, a cache a layer, written in place by the forward pass.
 * Holds native memory until it is closed.
 */
public final class KvCache implements AutoCloseable {
  private final ScriptValue layers;
  private final int capacity;
  private final boolean forgetsLast;
  private int length;

  /**
   * @param layers a {@code List[Cache]} that the model has made
   * @param capacity most tokens a sequence
   * @param forgetsLast whether it can go on after some tokens are forgotten
   */
  private KvCache(ScriptValue layers, int capacity, boolean forgetsLast) {
    this.layers = layers;
    this.capacity = capacity;
    this.forgetsLast = forgetsLast;
  }

  /** An empty cache of a stack's layers. */
  static KvCache of(RunningTree tree, Stack stack, int batch, int capacity) {
    return new KvCache(
        tree.script().callForValue("new_caches", batch, capacity, tree.none()),
        capacity,
        stack.layers().stream().allMatch(layer -> layer.cache().forgetsLast()));
  }

  ScriptValue layers() {
    return layers;
  }

  /** Tokens seen so far. */
  public int length() {
    return length;
  }

  /**
   * Forgets all tokens after the first {@code length}.
   *
   * @throws IllegalArgumentException if there are not so many, or if only some are to go and a
   *     layer keeps no more than the newest in full precision
   */
  public void truncate(int length) {
    if (length < 0 || length > this.length) {
      throw new IllegalArgumentException(
          "length: found " + length + ", expected 0 to " + this.length);
    }
    if (!forgetsLast && length != 0 && length != this.length) {
      throw new IllegalArgumentException(
          "length: found %d, expected 0 or %d of a cache that has rounded older tokens"
              .formatted(length, this.length));
    }
    this.length = length;
  }

  /**
   * Takes up tokens.
   *
   * @param forward runs them from the position that it is given on; if it fails, they do not count
   */
  NDArray append(int tokens, IntFunction<NDArray> forward) {
    if (length + tokens > capacity) {
      throw new IllegalStateException(
          length + " + " + tokens + " tokens exceed the cache's capacity of " + capacity);
    }
    NDArray output = forward.apply(length);
    length += tokens;
    return output;
  }

  @Override
  public void close() {
    layers.close();
  }
}
