package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;

/**
 * Keys and values of the tokens seen so far, written in place by the forward pass.
 *
 * <p>Holds native memory until it is closed.
 */
public final class KvCache implements AutoCloseable {
  private final NDManager manager;
  private final NDArray keys;
  private final NDArray values;
  private final int capacity;
  private int length;

  /**
   * An empty cache.
   *
   * @param batch sequences
   * @param capacity most tokens a sequence
   */
  KvCache(
      TorchSession torch,
      NDManager parent,
      DecoderSpec spec,
      DType dtype,
      int batch,
      int capacity) {
    this.manager = parent.newSubManager();
    this.capacity = capacity;
    long[] shape = {spec.layers(), batch, spec.keyValueHeads(), capacity, spec.headDimension()};
    this.keys = torch.tensors().zeros(manager, dtype, shape);
    this.values = torch.tensors().zeros(manager, dtype, shape);
  }

  NDArray keys() {
    return keys;
  }

  NDArray values() {
    return values;
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

  /** Makes room for tokens and says at which position they begin. */
  int reserve(int tokens) {
    if (length + tokens > capacity) {
      throw new IllegalStateException(
          length + " + " + tokens + " tokens exceed the cache's capacity of " + capacity);
    }
    int position = length;
    length += tokens;
    return position;
  }

  @Override
  public void close() {
    manager.close();
  }
}
