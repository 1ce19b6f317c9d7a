package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.weight.StoredWeight;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tensors of a stack beside its layers. */
public final class ModelModuleTensors {
  private final ModelWeights weights;
  private final Stack stack;

  ModelModuleTensors(ModelWeights weights, Stack stack) {
    this.weights = weights;
    this.stack = stack;
  }

  /** The table of token vectors as it is stored. */
  public NDArray embedding(NDManager owner) {
    StackSpec spec = stack.spec();
    Shape shape = new Shape(spec.vocabularySize(), spec.tableWidth());
    return weights.tensor(owner, stack.names().embedding() + ".weight", shape);
  }

  /**
   * The table of token vectors in the form in which it is stored.
   *
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if it has another shape than
   *     the configuration says
   */
  public StoredWeight storedEmbedding(NDManager owner) {
    StackSpec spec = stack.spec();
    StoredWeight stored = weights.linear(owner, stack.names().embedding());
    long width = spec.tableWidth();
    if (stored.outFeatures() != spec.vocabularySize() || stored.inFeatures() != width) {
      // Says what was found where.
      embedding(owner);
    }
    return stored;
  }

  /**
   * Prefix of the tensors of something beside the layers.
   *
   * @throws IllegalArgumentException if the model has none
   */
  public String name(ModelModule which) {
    return stack
        .names()
        .find(which)
        .orElseThrow(() -> new IllegalArgumentException("found no " + which + " in the model"));
  }

  /** The weight of something beside the layers; nothing where the model has none. */
  public Optional<NDArray> weight(NDManager owner, ModelModule which) {
    return find(owner, which, ".weight");
  }

  /** The bias of something beside the layers; nothing where the model has none. */
  public Optional<NDArray> bias(NDManager owner, ModelModule which) {
    boolean norm = which == ModelModule.FINAL_NORM || which == ModelModule.EMBEDDING_NORM;
    return norm && !stack.spec().norm().kind().biased()
        ? Optional.empty()
        : find(owner, which, ".bias");
  }

  private Optional<NDArray> find(NDManager owner, ModelModule which, String suffix) {
    return stack
        .names()
        .find(which)
        .map(prefix -> weights.tensor(owner, prefix + suffix, shape(which)));
  }

  /** The shape that the configuration says; nothing where it does not. */
  private @Nullable Shape shape(ModelModule which) {
    long hidden = stack.spec().hiddenSize();
    long width = stack.spec().embedding().width();
    return switch (which) {
      case FINAL_NORM, EMBEDDING_NORM -> new Shape(hidden);
      case PROJECT_IN -> new Shape(hidden, width);
      case PROJECT_OUT -> new Shape(width, hidden);
      default -> null;
    };
  }
}
