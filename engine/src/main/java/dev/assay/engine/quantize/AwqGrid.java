package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.List;

/**
 * AWQ's grid: asymmetric over the plain minimum and maximum of each group, 0 not forced in; scale =
 * max(max − min, 1e-5) / (2^bits − 1), the zero held within the codes.
 *
 * @param bits bits a code: 2, 3, 4 or 8
 * @param groupSize consecutive columns that share a scale, or {@link GridForm#PER_CHANNEL}
 * @see <a href="https://github.com/mit-han-lab/llm-awq/blob/d6e797a/awq/quantize/quantizer.py">
 *     pseudo_quantize_tensor</a>
 */
public record AwqGrid(int bits, int groupSize) {
  static final String SCRIPT = "awq_grid.py";

  public AwqGrid {
    new GridForm(bits, groupSize, false, true, GridForm.Layout.GPTQ);
  }

  /**
   * Quantizes a weight.
   *
   * @param weight float32 [out, in]
   * @return float32 scales; in the AWQ layout where it exists (4 bits), else in the GPTQ layout
   * @throws IllegalArgumentException if the weight is no float32 matrix
   * @throws ArithmeticException if a weight is not finite
   */
  public QuantizedWeight quantize(TorchSession torch, NDManager owner, NDArray weight) {
    TensorChecks.shape("weight", weight, -1, -1);
    TensorChecks.finite(torch, "weight", weight);
    long columns = weight.getShape().get(1);
    ScriptModule script = torch.script(AwqGrid.class, SCRIPT);
    List<NDArray> grid =
        script.callForList(owner, "awq_quantize", weight, group(columns), maxCode());
    int[] index = new int[Math.toIntExact(columns)];
    for (int column = 0; column < index.length; column++) {
      index[column] = Math.toIntExact(column / group(columns));
    }
    return new QuantizedWeight(grid.get(0), grid.get(1), grid.get(2), owner.create(index), form());
  }

  /** The form of its weights. */
  GridForm form() {
    GridForm.Layout layout = bits == 4 ? GridForm.Layout.AWQ : GridForm.Layout.GPTQ;
    return new GridForm(bits, groupSize, false, true, layout);
  }

  /**
   * How many groups of a weight lie on one side of 0, which leaves codes unused.
   *
   * @param weight float32 [out, in], finite
   */
  long oneSided(TorchSession torch, NDArray weight) {
    ScriptModule script = torch.script(AwqGrid.class, SCRIPT);
    return script.callForLong("awq_one_sided", weight, group(weight.getShape().get(1)));
  }

  /** Highest code. */
  long maxCode() {
    return (1L << bits) - 1;
  }

  /** Columns of a group in a row of so many. */
  long group(long columns) {
    return groupSize == GridForm.PER_CHANNEL ? columns : Math.min(groupSize, columns);
  }
}
