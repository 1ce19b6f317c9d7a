package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.torch.ScriptValue;
import java.util.function.IntFunction;

/**
 * Keys and values of the tokens seen so far, a cache a layer, written in place by the forward pass.
 * Holds native memory until it is closed.
 */
public final class KvCache implements AutoCloseable {
  private final ScriptValue layers;
  private final int capacity;
  private int length;

  /**
   * @param layers a {@code List[Cache]} that the model has made
   * @param capacity most tokens a sequence
   */
  KvCache(ScriptValue layers, int capacity) {
    this.layers = layers;
    this.capacity = capacity;
  }

  /** An empty cache of a model's layers. */
  static KvCache of(RunningTree tree, int batch, int capacity) {
    return new KvCache(
        tree.script().callForValue("new_caches", batch, capacity, tree.none()), capacity);
  }

  ScriptValue layers() {
    return layers;
  }

  /** Tokens seen so far. */
  public int length() {
    return length;
  }

  /** Forgets all tokens after the first {@code length}. */
  public void truncate(int length) {
    if (length < 0 || length > this.length) {
      throw new IllegalArgumentException(
          "length: found " + length + ", expected 0 to " + this.length);
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
