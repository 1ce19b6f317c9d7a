package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.quantize.TernaryParameters.Rule;
import dev.assay.engine.quantize.TernaryParameters.Share;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.List;

/** Makes weights of two and of three values. */
final class FewLevels {
  private FewLevels() {}

  private static ScriptModule script(TorchSession torch) {
    return torch.script(FewLevels.class, "few_levels.py");
  }

  /**
   * One bit a weight: code 0 is the negative, 1 the positive magnitude, so that the zero is a half.
   */
  static GridForm binaryForm(int groupSize) {
    return new GridForm(1, groupSize, false, true, GridForm.Layout.REAL_ZEROS);
  }

  /** Two bits a weight, of whose four codes three are in use. */
  static GridForm ternaryForm() {
    return ternaryForm(TernaryParameters.Layout.GRID);
  }

  /** The same in a layout. */
  static GridForm ternaryForm(TernaryParameters.Layout layout) {
    GridForm.Layout stored =
        layout == TernaryParameters.Layout.BITNET ? GridForm.Layout.BITNET : GridForm.Layout.GPTQ;
    return new GridForm(2, GridForm.PER_CHANNEL, false, true, stored);
  }

  /**
   * Signs, times the mean magnitude of their group; 0 counts as positive.
   *
   * @param weight float32 [out, in]
   */
  static QuantizedWeight binary(
      TorchSession torch, NDManager owner, NDArray weight, int groupSize) {
    TensorChecks.finite(torch, "weight", weight);
    long in = weight.getShape().get(1);
    long size = groupSize == GridForm.PER_CHANNEL ? in : groupSize;
    List<NDArray> made = script(torch).callForList(owner, "binary", weight, size);
    GridForm form = binaryForm(groupSize);
    NDArray zeros = owner.full(made.get(1).getShape(), 0.5f);
    return QuantizedWeight.inOrder(owner, made.get(0), made.get(1), zeros, form);
  }

  /**
   * A weight less the mean of each row, and no further from 0 than 1.
   *
   * @param weight float32 [out, in]
   */
  static NDArray centred(TorchSession torch, NDManager owner, NDArray weight) {
    return script(torch).call(owner, "centred", weight);
  }

  /**
   * A magnitude, its negative, and 0.
   *
   * @param weight float32 [out, in]
   */
  static QuantizedWeight ternary(
      TorchSession torch, NDManager owner, NDArray weight, Rule rule, Share share) {
    TensorChecks.finite(torch, "weight", weight);
    String method = rule == Rule.ABSMEAN ? "absmean" : "threshold";
    List<NDArray> made = script(torch).callForList(owner, method, weight, share == Share.TENSOR);
    NDArray zeros = owner.ones(made.get(1).getShape());
    return QuantizedWeight.inOrder(owner, made.get(0), made.get(1), zeros, ternaryForm());
  }
}
