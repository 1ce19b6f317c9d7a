package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.weight.StoredWeight;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The weights of a stack's layers, as methods and modules see them: linear by linear. */
public interface LayerWeights {
  /**
   * Linears of a layer, in the form in which they are stored, by name.
   *
   * @param wanted those that are read
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if one is missing or of
   *     another shape than the configuration says
   */
  Map<String, StoredWeight> linears(NDManager owner, int layer, List<Linear> wanted);

  /** The bias of a linear as it is stored, if it has one. */
  Optional<NDArray> bias(NDManager owner, int layer, Linear linear);

  /** A norm or the like as it is stored; nothing where the layer has none. */
  @Nullable NDArray module(NDManager owner, int layer, LayerModule which);

  /** The bias of a norm as it is stored; nothing where its kind has none. */
  @Nullable NDArray moduleBias(NDManager owner, int layer, LayerModule which);

  /**
   * All values of a layer in float32: linears and their biases, norms and the like by name.
   *
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if a weight is not finite
   */
  Map<String, NDArray> values(NDManager owner, int layer);
}
