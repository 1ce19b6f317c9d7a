package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/**
 * AWQ's search for the range of each group of each row: bounds m = max|w| · (1 − i / points), i = 0
 * … maxShrink · points − 1, of which the first wins that changes the group's share of the output
 * least, mean over tokens of (Σ x (Q(clamp(w, −m, m)) − w))².
 *
 * @see <a href="https://github.com/mit-han-lab/llm-awq/blob/d6e797a/awq/quantize/auto_clip.py">
 *     auto_clip_layer</a>
 */
public final class AwqClipSearch {
  /** Floats that the outputs of a batch of rows may take. */
  private static final long BATCH = 1L << 24;

  private final TorchSession torch;
  private final AwqGrid grid;
  private final long points;
  private final long steps;
  private final ScriptModule script;

  /** A search with the bits, groups, grid points and greatest shrinkage of the parameters. */
  public AwqClipSearch(TorchSession torch, AwqParameters parameters) {
    this.torch = torch;
    this.grid = new AwqGrid(parameters.bits(), parameters.groupSize());
    this.points = parameters.gridPoints();
    this.steps = (long) (parameters.maxShrink() * parameters.gridPoints());
    this.script = torch.script(AwqClipSearch.class, AwqGrid.SCRIPT, "awq_clip.py");
  }

  /**
   * The bounds, float32 [out, groups], owned by {@code owner}.
   *
   * @param weight float32 [out, in], its columns already scaled
   * @param tokens float32 [tokens, in], calibration inputs, already divided by the scales; the
   *     published code takes about 512, evenly spaced
   * @throws IllegalArgumentException if shapes do not fit
   * @throws ArithmeticException if a weight or an input is not finite
   */
  public NDArray bounds(NDManager owner, NDArray weight, NDArray tokens) {
    TensorChecks.shape("weight", weight, -1, -1);
    long columns = weight.getShape().get(1);
    TensorChecks.shape("calibration inputs", tokens, -1, columns);
    TensorChecks.finite(torch, "weight", weight);
    TensorChecks.finite(torch, "calibration inputs", tokens);
    long group = grid.group(columns);
    long groups = (columns + group - 1) / group;
    long rows = Math.max(1, BATCH / (groups * tokens.getShape().get(0)));
    return script.call(
        owner, "awq_clip_bounds", weight, tokens, group, grid.maxCode(), steps, points, rows);
  }

  /** The weight held within its bounds, owned by {@code owner}. */
  public NDArray clip(NDManager owner, NDArray weight, NDArray bounds) {
    return script.call(owner, "awq_clip", weight, bounds, grid.group(weight.getShape().get(1)));
  }
}
