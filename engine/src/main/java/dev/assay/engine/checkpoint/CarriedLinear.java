package dev.assay.engine.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.DenseWeight;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.Optional;

/**
 * A packed linear of a source that goes into what is made from it unchanged, such as a quantized
 * head.
 *
 * @param source where it is
 * @param prefix of its tensors there
 * @param target prefix of its tensors in what is made
 * @param dense type of its values where they are written one by one
 */
record CarriedLinear(Checkpoint source, String prefix, String target, DType dense) {
  /** Its codes in GPTQ's layout, where that has them: on the grids that it shares with others. */
  Optional<QuantizedWeight> packed(TorchSession torch, NDManager owner) {
    StoredWeight weight = source.linear(torch, owner, prefix);
    return weight
        .onGrid()
        .filter(quantized -> GridForm.Layout.GPTQ.packs(quantized.grid().bits()))
        .map(quantized -> quantized.as(quantized.grid().in(GridForm.Layout.GPTQ)));
  }

  /**
   * Its values.
   *
   * @throws dev.assay.engine.checkpoint.tensor.BadCheckpointException if one is too large for the
   *     type
   */
  DenseWeight values(TorchSession torch, NDManager owner) {
    NDArray values = source.linear(torch, owner, prefix).dequantize(torch, owner);
    return new DenseWeight(DenseValues.in(dense, torch, owner, values, source, prefix), dense);
  }
}
