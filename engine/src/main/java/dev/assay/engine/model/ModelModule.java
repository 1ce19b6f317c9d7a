package dev.assay.engine.model;

/** Tensors of a model beside its layers. */
public enum ModelModule {
  EMBEDDING,
  FINAL_NORM,
  HEAD,
  /** Learned positions. */
  POSITIONS,
  /** A norm of the embedding. */
  EMBEDDING_NORM,
  /** From the embedding's width to that of the residual stream. */
  PROJECT_IN,
  /** Back. */
  PROJECT_OUT,
  /** Vectors of segments. */
  TOKEN_TYPES,
  /** Terms of attention scores by distance. */
  RELATIVE_POSITIONS
}
