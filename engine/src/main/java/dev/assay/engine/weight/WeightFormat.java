package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.TorchSession;
import java.util.Map;
import java.util.SortedMap;

/**
 * How weights of one form go into tensors and an entry of the configuration, and come back; found
 * by {@link java.util.ServiceLoader}. Adding a form takes its record, whose format this is, and the
 * script class that it runs as.
 *
 * @param <W> the record
 */
public interface WeightFormat<W extends StoredWeight> {
  /** Name in configurations. */
  String name();

  /** The record of its weights. */
  Class<W> weights();

  /**
   * The tensors of a weight.
   *
   * @param owner manager of those that are made
   * @return by what follows the linear's name, for example {@code codes}
   */
  SortedMap<String, NDArray> pack(TorchSession torch, NDManager owner, W weight);

  /** What the tensors do not say of the weight. */
  ObjectNode entry(W weight);

  /**
   * The weight of tensors.
   *
   * @param owner manager of the weight's tensors
   * @param tensors such as {@link #pack} gave
   * @param entry such as {@link #entry} gave
   * @throws IllegalArgumentException if they do not fit each other
   */
  W unpack(TorchSession torch, NDManager owner, Map<String, NDArray> tensors, JsonNode entry);

  /** The tensors of a weight of any type. */
  default SortedMap<String, NDArray> packed(
      TorchSession torch, NDManager owner, StoredWeight weight) {
    return pack(torch, owner, weights().cast(weight));
  }

  /** What the tensors do not say of a weight of any type. */
  default ObjectNode entryOf(StoredWeight weight) {
    return entry(weights().cast(weight));
  }
}
