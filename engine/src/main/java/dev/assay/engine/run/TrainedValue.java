package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * A value of a model that is trained.
 *
 * @param kind what it is
 * @param stack of its layer; {@link #BESIDE} for what stands beside the layers
 * @param layer its index in the stack; {@link #BESIDE} likewise
 * @param name within the layer, or the full name of its tensor
 * @param tensor float32; a linear's weight [out, in]
 * @param factor which of the two of a linear that is a product; null of all else
 */
public record TrainedValue(
    Kind kind, int stack, int layer, String name, NDArray tensor, @Nullable Factor factor) {
  /** In place of an index. */
  public static final int BESIDE = -1;

  /** The two of a product. */
  public enum Factor {
    /** [rank, in], the first. */
    DOWN,
    /** [out, rank], behind it. */
    UP
  }

  /** One that is no factor. */
  public TrainedValue(Kind kind, int stack, int layer, String name, NDArray tensor) {
    this(kind, stack, layer, name, tensor, null);
  }

  /** The same with other numbers. */
  public TrainedValue with(NDArray other) {
    return new TrainedValue(kind, stack, layer, name, other, factor);
  }

  /** What values are. */
  public enum Kind {
    /** The weight of a linear, or another matrix that something is multiplied by. */
    LINEAR,
    /** Vectors of tokens, positions or segments. */
    EMBEDDING,
    /** What is added: biases, and terms of distances. */
    BIAS,
    /** The weight of a norm. */
    NORM
  }

  /** Whether decay of weights is of it: not of biases and norms. */
  public boolean decays() {
    return kind == Kind.LINEAR || kind == Kind.EMBEDDING;
  }
}
