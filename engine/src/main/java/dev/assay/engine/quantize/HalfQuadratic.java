package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.FlatGridWeight;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.List;

/**
 * Fits the zeros of groups so that errors to a power below 1, which forgives a few large ones,
 * fall, by half-quadratic splitting. The steps are those of the published code, in float32.
 *
 * <p>Groups of consecutive weights are, as there, runs of the flattened matrix: where a row is no
 * whole number of them they go across rows.
 *
 * @see HqqParameters
 */
final class HalfQuadratic {
  private final TorchSession torch;
  private final HqqParameters parameters;
  private final ScriptModule script;

  HalfQuadratic(TorchSession torch, HqqParameters parameters) {
    this.torch = torch;
    this.parameters = parameters;
    this.script = torch.script(HalfQuadratic.class, "hqq.py");
  }

  /** How weights are grouped. */
  FlatGroups groups() {
    return new FlatGroups(parameters.groupSize(), parameters.axis() == 1);
  }

  /**
   * Quantizes a weight.
   *
   * @param weight float32 [out, in], without {@link FlatGroups#obstacle}
   * @param type in which the weight was stored: scales and zeros of groups across rows are in
   *     float16 where it is no wider and they fit; of others the caller chooses the type
   * @throws ArithmeticException if a weight is not finite
   */
  StoredWeight quantize(NDManager owner, NDArray weight, DType type) {
    TensorChecks.shape("weight", weight, -1, -1);
    TensorChecks.finite(torch, "weight", weight);
    long out = weight.getShape().get(0);
    long in = weight.getShape().get(1);
    boolean rows = groups().inRows(in);
    long size = parameters.groupSize() == GridForm.PER_CHANNEL ? in : parameters.groupSize();
    long axis = parameters.axis();
    try (NDManager scope = owner.newSubManager()) {
      NDArray grouped = script.call(scope, "grouped", weight, size, axis);
      List<NDArray> fit =
          script.callForList(
              scope,
              "hqq",
              grouped,
              (1L << parameters.bits()) - 1,
              axis,
              parameters.optimize(),
              parameters.roundsZero(),
              parameters.norm(),
              parameters.beta(),
              (long) parameters.iterations());
      NDArray codes = script.call(owner, "bytes", fit.get(0), out, in);
      if (rows) {
        return onRows(owner, codes, fit);
      }
      NDArray scales = script.call(scope, "flat", fit.get(1));
      NDArray zeros = script.call(scope, "flat", fit.get(2));
      boolean narrow = type != DType.FLOAT32 && fits(scope, scales) && fits(scope, zeros);
      DType kept = narrow ? DType.FLOAT16 : DType.FLOAT32;
      return new FlatGridWeight(
          codes,
          torch.tensors().copy(owner, torch.tensors().cast(scope, scales, kept)),
          torch.tensors().copy(owner, torch.tensors().cast(scope, zeros, kept)),
          parameters.bits(),
          parameters.groupSize(),
          parameters.axis());
    }
  }

  private boolean fits(NDManager scope, NDArray values) {
    return torch.tensors().isFinite(torch.tensors().cast(scope, values, DType.FLOAT16));
  }

  private QuantizedWeight onRows(NDManager owner, NDArray codes, List<NDArray> fit) {
    long out = codes.getShape().get(0);
    return QuantizedWeight.inOrder(
        owner,
        codes,
        script.call(owner, "by_row", fit.get(1), out),
        script.call(owner, "by_row", fit.get(2), out),
        form(parameters));
  }

  static GridForm form(HqqParameters parameters) {
    return new GridForm(
        parameters.bits(), parameters.groupSize(), false, true, GridForm.Layout.REAL_ZEROS);
  }
}
