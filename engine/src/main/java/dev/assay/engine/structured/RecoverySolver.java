package dev.assay.engine.structured;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Makes up for what went by least squares, in float64; what comes out is float32. */
public final class RecoverySolver {
  private final ScriptModule script;

  public RecoverySolver(TorchSession torch) {
    this.script = torch.script(RecoverySolver.class, "recovery.py");
  }

  /** Means as FLAP's code keeps them, rounded to float16 where that holds them; float32. */
  NDArray halves(NDManager owner, NDArray means) {
    return script.call(owner, "halves", means);
  }

  /**
   * What columns add on average, float32 [out].
   *
   * @param weight float32 [out, in]
   * @param kept columns that stay, rising
   * @param means of the inputs, float32 [in]
   */
  NDArray mean(NDManager owner, NDArray weight, long[] kept, NDArray means) {
    TensorChecks.shape("means", means, weight.getShape().get(1));
    return script.call(owner, "mean", weight, others(weight, kept), means);
  }

  /**
   * The weight of the kept columns alone whose outputs are nearest, float32 [out, kept].
   *
   * @param moments Σ x xᵀ of the inputs times any number above 0, [in, in]
   * @param ridge what is added to the diagonal, in the mean of all of it
   */
  public NDArray leastSquares(
      NDManager owner, NDArray weight, long[] kept, NDArray moments, double ridge) {
    return script.call(owner, "least_squares", weight, kept, moments, ridge);
  }

  /**
   * The weight and the bias whose outputs are nearest, float32 [out, kept] and [out].
   *
   * @param moments the mean over tokens of x xᵀ, [in, in]
   * @param means of the inputs over tokens, float32 [in]
   */
  List<NDArray> affine(
      NDManager owner, NDArray weight, long[] kept, NDArray moments, NDArray means, double ridge) {
    TensorChecks.shape("means", means, weight.getShape().get(1));
    return script.callForList(owner, "affine", weight, kept, moments, means, ridge);
  }

  /**
   * The weight whose outputs are nearest to those that it has and what is wanted besides, float32
   * [out, in].
   *
   * @param moments Σ x xᵀ of the inputs, float64 [in, in], which the ridge is added to
   * @param both Σ y xᵀ with what is wanted besides, float64 [out, in]
   * @param ridge what is added to the diagonal, in the mean of it
   */
  NDArray adding(NDManager owner, NDArray weight, NDArray moments, NDArray both, double ridge) {
    return script.call(owner, "adding", weight, moments, both, ridge);
  }

  private static long[] others(NDArray weight, long[] kept) {
    return LongStream.range(0, weight.getShape().get(1))
        .filter(column -> Arrays.binarySearch(kept, column) < 0)
        .toArray();
  }
}
