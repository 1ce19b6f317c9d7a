package dev.assay.engine.quantize.activation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.List;

/**
 * Signed bytes under the greatest magnitude of a row, LLM.int8()'s weights.
 *
 * @see <a href="https://arxiv.org/abs/2208.07339">Dettmers et al. 2022, LLM.int8()</a>
 */
public final class VectorwiseBytes {
  private static final GridForm GRID =
      new GridForm(Byte.SIZE, GridForm.PER_CHANNEL, true, true, GridForm.Layout.INT8);

  private VectorwiseBytes() {}

  /**
   * The nearest codes of a weight that is taken as float16, of 127 steps to either side.
   *
   * @param weight float32 [out, in]
   * @throws ArithmeticException if a value is beyond float16
   */
  public static QuantizedWeight quantize(TorchSession torch, NDManager owner, NDArray weight) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray half = torch.tensors().cast(scope, weight, DType.FLOAT16);
      TensorChecks.finite(torch, "weight in float16", half);
    }
    List<NDArray> rounded =
        torch.script(VectorwiseBytes.class, "llm_int8.py").callForList(owner, "quantize", weight);
    return QuantizedWeight.inOrder(owner, rounded.get(0), rounded.get(1), rounded.get(2), GRID);
  }
}
