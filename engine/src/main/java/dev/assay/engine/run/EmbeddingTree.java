package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelModuleTensors;
import dev.assay.engine.model.Positions;
import dev.assay.engine.model.StackSpec;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.weight.LinearModules;
import java.util.Optional;

/** Builds what stands before and after the layers of a stack. */
final class EmbeddingTree {
  private final StackSpec spec;
  private final ModelModuleTensors tensors;
  private final NormModules norms;
  private final NDManager scope;
  private final Kept kept;

  /** Makes of a stored tensor the one that a module keeps. */
  @FunctionalInterface
  interface Kept {
    /**
     * The tensor.
     *
     * @param name full name of the stored one
     */
    NDArray of(String name, NDArray stored);
  }

  /**
   * @param scope manager of stored tensors while they are read
   */
  EmbeddingTree(
      StackSpec spec, ModelModuleTensors tensors, NormModules norms, NDManager scope, Kept kept) {
    this.spec = spec;
    this.tensors = tensors;
    this.norms = norms;
    this.scope = scope;
    this.kept = kept;
  }

  /** Token vectors of a table in the arithmetic's type, an {@code embedding.Embedding}. */
  static ModuleNode tokens(NDArray table) {
    return Scripts.module("embedding.TokenEmbedding").with("weight", table);
  }

  /**
   * An {@code embedding.Embedding} of all that becomes of a token.
   *
   * @param tokens their vectors
   */
  ModuleNode embedding(ModuleNode tokens) {
    ModuleNode module = tokens;
    if (spec.embedding().scale() != 1) {
      module =
          Scripts.module("embedding.ScaledEmbedding")
              .with("scale", spec.embedding().scale())
              .with("base", module);
    }
    Optional<NDArray> projection = weight(ModelModule.PROJECT_IN);
    if (projection.isPresent()) {
      module =
          Scripts.module("embedding.ProjectedEmbedding")
              .with("base", module)
              .with("project_in", LinearModules.dense(projection.get()));
    }
    Optional<NDArray> positions = weight(ModelModule.POSITIONS);
    if (positions.isPresent()) {
      int offset = spec.positions() instanceof Positions.Learned learned ? learned.offset() : 0;
      module =
          Scripts.module("embedding.PositionedEmbedding")
              .with("base", module)
              .with("weight", positions.get())
              .with("offset", offset);
    }
    Optional<NDArray> types = weight(ModelModule.TOKEN_TYPES);
    if (types.isPresent()) {
      module =
          Scripts.module("embedding.TypedEmbedding")
              .with("base", module)
              .with("weight", types.get());
    }
    Optional<NDArray> norm = weight(ModelModule.EMBEDDING_NORM);
    if (norm.isPresent()) {
      module =
          Scripts.module("embedding.NormedEmbedding")
              .with("base", module)
              .with("norm", norms.of(norm.get(), bias(ModelModule.EMBEDDING_NORM).orElse(null)));
    }
    return module;
  }

  /** The norm of the last layer's output, with the projection to the embedding's width. */
  ModuleNode finalNorm() {
    ModuleNode norm =
        norms.of(
            weight(ModelModule.FINAL_NORM).orElse(null), bias(ModelModule.FINAL_NORM).orElse(null));
    return weight(ModelModule.PROJECT_OUT)
        .map(
            projection ->
                Scripts.module("norm.ProjectedNorm")
                    .with("norm", norm)
                    .with("project_out", LinearModules.dense(projection)))
        .orElse(norm);
  }

  private Optional<NDArray> weight(ModelModule which) {
    return tensors
        .weight(scope, which)
        .map(stored -> kept.of(tensors.name(which) + ".weight", stored));
  }

  private Optional<NDArray> bias(ModelModule which) {
    return tensors.bias(scope, which).map(stored -> kept.of(tensors.name(which) + ".bias", stored));
  }
}
