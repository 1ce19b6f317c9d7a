package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.StoredWeight;
import dev.assay.engine.weight.sparse.BitmaskLayout;
import java.util.Optional;

/** A published layout that the linears of a checkpoint are written anew in. */
public interface ExportLayout {
  /** Name, for messages. */
  String label();

  /** Whether it has a place for what stands beside the layers, such as a head. */
  default boolean packsBeside() {
    return true;
  }

  /**
   * Makes sure that its loaders do to a linear's input what is done to it here.
   *
   * @param weight as it is to be written
   * @throws NoPlaceException if they do something else
   */
  default void requireInput(StoredWeight weight, InputScheme input) {}

  /** How it stores what has no zeros; nothing where it has zeros among its values. */
  default Optional<BitmaskLayout> sparsity() {
    return Optional.empty();
  }

  /** What it expects of a checkpoint of which nothing would become anything else, for messages. */
  default String wanting() {
    return "linears in a form whose values "
        + label()
        + " has; a recipe rounds them, or --requantize";
  }

  /** Begins with a checkpoint. */
  Conversion begin(TorchSession torch, Checkpoint source);

  /** What becomes of the linears of one checkpoint. */
  interface Conversion {
    /**
     * Looks at a packed linear before any is written, since what a configuration says once is to
     * hold for all.
     *
     * @throws NoPlaceException if the layout cannot hold it as it is
     */
    void survey(StoredWeight weight);

    /**
     * A packed linear in the layout, of the same values to the last bit.
     *
     * @param owner manager of tensors that are made
     * @throws NoPlaceException if the layout cannot hold it as it is
     */
    StoredWeight exact(NDManager owner, StoredWeight weight);

    /**
     * What becomes of a linear of the layers that is stored value by value: by default it stays so.
     *
     * @param owner manager of tensors that are made
     */
    default StoredWeight values(NDManager owner, StoredWeight weight) {
      return weight;
    }

    /**
     * The nearest values that the layout has.
     *
     * @param values float32 [out, in]
     * @param type that they had before
     * @throws NoPlaceException if the layout cannot hold a weight of that shape, or of these values
     */
    StoredWeight rounded(NDManager owner, NDArray values, DType type);
  }
}
