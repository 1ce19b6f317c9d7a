package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Set;
import java.util.SortedMap;

/** A published layout of packed codes: from tensors on disk to codes and back. */
sealed interface PackedFormat
    permits GptqFormat, AwqFormat, AwqGemvFormat, CompressedTensorsFormat, BitNetFormat {
  /**
   * Unpacks a linear; the result belongs to {@code owner}.
   *
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if the tensors do not fit
   *     each other or the configuration
   */
  QuantizedWeight unpack(TorchSession torch, NDManager owner, PackedTensors tensors);

  /** Packs a linear into tensors by suffix; they belong to {@code owner}. */
  SortedMap<String, NDArray> pack(TorchSession torch, NDManager owner, QuantizedWeight weight);

  /** Input features of a packed linear, from its tensors' shapes. */
  long inFeatures(PackedTensors tensors);

  /** Output features of a packed linear, from its tensors' shapes. */
  long outFeatures(PackedTensors tensors);

  /** Full names of the tensors that make up a packed linear. */
  Set<String> names(PackedTensors tensors);
}
