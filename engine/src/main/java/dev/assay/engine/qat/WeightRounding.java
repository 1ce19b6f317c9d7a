package dev.assay.engine.qat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import java.util.Map;

/** How weights are rounded while they are trained. */
public interface WeightRounding {
  /** In which form they are stored. */
  GridForm form();

  /** Whether one of its values is 0. */
  boolean hasZero();

  /**
   * What rounds a weight.
   *
   * @param quantizer a {@code fake_quant.GridQuantizer}
   * @param learned tensors of its own that are learned, by what they are
   */
  record Begun(ModuleNode quantizer, Map<String, NDArray> learned) {}

  /**
   * Begins with a weight.
   *
   * @param owner of what is learned
   * @param weight float32 [out, in]
   * @param half whether scales are to be stored in float16
   */
  Begun begin(TorchSession torch, NDManager owner, NDArray weight, boolean half);
}
