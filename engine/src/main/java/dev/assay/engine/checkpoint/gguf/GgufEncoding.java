package dev.assay.engine.checkpoint.gguf;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.tensor.TensorEncoding;
import dev.assay.engine.checkpoint.tensor.TensorInfo;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.StoredWeight;

/**
 * A tensor of a GGUF file.
 *
 * @param type its type there; quantized ones are dequantised to float32 where values are asked for
 * @param adjustment what makes it Hugging Face's
 */
public record GgufEncoding(GgmlType type, Adjustment adjustment) implements TensorEncoding {
  @Override
  public String label() {
    boolean plain = !type.quantized() && adjustment instanceof Adjustment.None;
    return plain ? "" : " gguf " + type + " " + adjustment.label();
  }

  @Override
  public NDArray load(TorchSession torch, NDManager owner, TensorInfo tensor) {
    return new GgufTensors(torch).load(owner, tensor, this);
  }

  /**
   * A linear's weight: Q4_0, Q5_0 and Q8_0 on their grids, other quantized types in their blocks,
   * all [out, in]; dense types as Hugging Face has them, which for GPT-2 is [in, out].
   */
  public StoredWeight linear(TorchSession torch, NDManager owner, TensorInfo tensor) {
    return new GgufTensors(torch).linear(owner, tensor, this);
  }
}
