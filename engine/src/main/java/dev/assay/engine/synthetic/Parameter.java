package dev.assay.engine.synthetic;

import ai.djl.ndarray.types.Shape;

/**
 * A tensor of a model.
 *
 * @param name in the checkpoint
 * @param shape as the checkpoint stores it
 * @param kind what it does, which decides what it is filled with
 */
public record Parameter(String name, Shape shape, Kind kind) {
  /** What a tensor does. */
  public enum Kind {
    /** Weight of a linear: drawn. */
    LINEAR,
    /** Table of vectors: drawn. */
    EMBEDDING,
    /** Scale of a norm: one. */
    NORM_WEIGHT,
    /** What is added: zero. */
    BIAS
  }
}
