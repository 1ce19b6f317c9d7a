package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.List;

/**
 * The uniform grid of the GPTQ code: codes 0 … 2^bits − 1, value = scale · (code − zero), the range
 * of each group of a row being that of its weights and 0. A row of a group that holds only zeros
 * gets the range −1 … 1.
 *
 * <p>Symmetric grids have their zero at 2^(bits − 1). As in the published code a symmetric group
 * without negative weights keeps 0 as its lower end, so that its scale is half of what it needs and
 * its largest weights are clipped.
 *
 * @param bits bits a code, 1 to 8
 * @param groupSize consecutive columns that share a scale, or {@link GridForm#PER_CHANNEL}
 * @param symmetric whether the zero is 2^(bits − 1) everywhere
 * @param mse whether the range is shrunk in 80 steps of 1/100 to the least Σ |error|^2.4
 * @param wholeSteps whether a symmetric grid reaches the greatest magnitude after 2^(bits − 1) − 1
 *     whole steps, as in QuaRot's code, and not after (2^bits − 1) / 2
 * @see <a href="https://github.com/IST-DASLab/gptq/blob/2d65066/quant.py">quant.py</a>
 */
public record UniformGrid(
    int bits, int groupSize, boolean symmetric, boolean mse, boolean wholeSteps) {
  static final String SCRIPT = "uniform_grid.py";

  public UniformGrid {
    GridForm.published(bits, groupSize, symmetric, true);
  }

  /** The grid of the GPTQ code. */
  public UniformGrid(int bits, int groupSize, boolean symmetric, boolean mse) {
    this(bits, groupSize, symmetric, mse, false);
  }

  /**
   * Scales and zeros of every group of every row.
   *
   * @param scales float32 [out, groups], above 0
   * @param zeros float32 [out, groups], whole numbers from 0 to 2^bits − 1
   */
  public record Fit(NDArray scales, NDArray zeros) {}

  /**
   * Fits the grid to a weight.
   *
   * @param weight float32 [out, in], finite
   */
  public Fit fit(TorchSession torch, NDManager owner, NDArray weight) {
    long group = groupSize == GridForm.PER_CHANNEL ? weight.getShape().get(1) : groupSize;
    List<NDArray> fit =
        script(torch)
            .callForList(
                owner, "grid_fit_groups", weight, group, maxCode(), symmetric, mse, wholeSteps);
    return new Fit(fit.get(0), fit.get(1));
  }

  /**
   * How many groups of a weight have one sign, where that leaves codes unused: on symmetric grids.
   *
   * @param weight float32 [out, in], finite
   */
  public long oneSided(TorchSession torch, NDArray weight) {
    long columns = weight.getShape().get(1);
    long group = groupSize == GridForm.PER_CHANNEL ? columns : groupSize;
    return symmetric ? script(torch).callForLong("one_sided_groups", weight, group) : 0;
  }

  /** The weight, float32 [out, in], rounded half to even on a grid fitted before. */
  public QuantizedWeight round(TorchSession torch, NDManager owner, NDArray weight, Fit fit) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray groups = scope.create(form().groupsInOrder(weight.getShape().get(1)));
      NDArray codes =
          script(torch)
              .call(owner, "grid_round", weight, fit.scales(), fit.zeros(), groups, maxCode());
      return assemble(owner, codes, fit);
    }
  }

  /** The weight that codes, uint8 [out, in] with groups in order, stand for on a fitted grid. */
  public QuantizedWeight assemble(NDManager owner, NDArray codes, Fit fit) {
    return QuantizedWeight.inOrder(owner, codes, fit.scales(), fit.zeros(), form());
  }

  /** The form of weights on this grid whose groups are runs of columns in order. */
  GridForm form() {
    return GridForm.published(bits, groupSize, symmetric, true);
  }

  /** Highest code. */
  public long maxCode() {
    return (1L << bits) - 1;
  }

  private static ScriptModule script(TorchSession torch) {
    return torch.script(UniformGrid.class, SCRIPT);
  }
}
