package dev.assay.engine.model;

import org.jspecify.annotations.Nullable;

/**
 * A linear of a layer, as methods see it: y = x Wᵀ + b. It may be stored as part of a fused weight,
 * or transposed.
 *
 * @param name unique within the layer
 * @param tensor prefix of the stored tensors within the layer
 * @param rows which rows of the stored weight it is; all if absent
 * @param transposed whether the stored weight is [in, out]
 * @param biased whether it has a bias
 * @param outFeatures rows of its weight
 * @param inFeatures columns of its weight
 */
public record Linear(
    String name,
    String tensor,
    @Nullable RowBlocks rows,
    boolean transposed,
    boolean biased,
    long outFeatures,
    long inFeatures) {
  public Linear {
    if (rows != null && rows.rows() != outFeatures) {
      throw new IllegalArgumentException(
          name + ": found " + rows.rows() + " rows, expected " + outFeatures);
    }
  }

  /** A linear stored by itself. */
  public static Linear of(String name, long outFeatures, long inFeatures, boolean biased) {
    return new Linear(name, name, null, false, biased, outFeatures, inFeatures);
  }

  /** The same, stored as [in, out]. */
  public Linear asTransposed() {
    return new Linear(name, tensor, rows, true, biased, outFeatures, inFeatures);
  }

  /** The same with a bias. */
  public Linear withBias() {
    return new Linear(name, tensor, rows, transposed, true, outFeatures, inFeatures);
  }

  /** The same of another width of input. */
  Linear reading(long width) {
    return new Linear(name, tensor, rows, transposed, biased, outFeatures, width);
  }

  /** The same, stored by itself, of another width of output. */
  Linear writing(long width) {
    return new Linear(name, tensor, rows, transposed, biased, width, inFeatures);
  }

  /**
   * A part of this one.
   *
   * @param part its own name, for example {@code q}
   */
  public Linear part(String part, RowBlocks partRows) {
    return new Linear(
        name + "." + part, tensor, partRows, transposed, biased, partRows.rows(), inFeatures);
  }

  /** The same with other rows and columns. */
  Linear resized(@Nullable RowBlocks otherRows, long out, long in) {
    return new Linear(name, tensor, otherRows, transposed, biased, out, in);
  }

  /** Key of its bias among a layer's weights. */
  public String biasName() {
    return name + ".bias";
  }
}
