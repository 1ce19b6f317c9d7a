package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;

/**
 * The weight of a linear layer, [out, in], in the form in which it is stored. The tensors belong to
 * the manager that they were made with.
 */
public sealed interface StoredWeight
    permits DenseWeight, QuantizedWeight, BlockWeight, CodebookWeight, ScaledWeight {
  /** Rows: features that come out. */
  long outFeatures();

  /** Columns: features that go in. */
  long inFeatures();

  /** The values that the stored form stands for, float32 [out, in], owned by {@code owner}. */
  NDArray dequantize(TorchSession torch, NDManager owner);

  /** Bytes of everything stored for this weight: codes, scales, zeros, indices. */
  long storedBytes();
}
