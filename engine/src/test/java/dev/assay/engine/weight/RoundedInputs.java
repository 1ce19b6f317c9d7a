package dev.assay.engine.weight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import org.jspecify.annotations.Nullable;

/** What schemes make of inputs, against the codes, scales and zeros of published code. */
public final class RoundedInputs {
  /** How far, in steps of the grid, a value may be from a point and be that point. */
  private static final double SAME = 1e-3;

  private RoundedInputs() {}

  /** The inputs as a scheme has them. */
  public static NDArray of(TorchSession torch, NDManager scope, InputScheme scheme, NDArray x) {
    return RunningInput.load(torch, scope, scheme).call(scope, "forward", x);
  }

  /**
   * Compares values with those of codes, in steps of the grid.
   *
   * @param found [tokens, in]
   * @param codes whole numbers [tokens, in]
   * @param scales one a token, or one for all
   * @param zeros likewise; null for 0
   * @param least share of values that must agree; none may be more than a step away
   */
  public static void assertCodes(
      NDArray found, NDArray codes, NDArray scales, @Nullable NDArray zeros, double least) {
    double[] own = doubles(found);
    double[] golden = doubles(codes);
    double[] steps = doubles(scales);
    double[] middles = zeros == null ? new double[steps.length] : doubles(zeros);
    int equal = 0;
    for (int i = 0; i < own.length; i++) {
      int at = (int) ((long) i * steps.length / own.length);
      double distance = Math.abs(own[i] / steps[at] - (golden[i] - middles[at]));
      assertThat(distance).isLessThanOrEqualTo(1 + SAME);
      equal += distance <= SAME ? 1 : 0;
    }
    assertThat((double) equal / own.length).isGreaterThanOrEqualTo(least);
  }

  /**
   * Compares values with those of small floats under scales.
   *
   * @param bytes uint8 [tokens, in], the bits of floats of a type
   * @param scales [tokens, groups], or one for all
   * @param least share of values that must agree
   */
  public static void assertFloats(
      TorchSession torch,
      NDManager scope,
      NDArray found,
      NDArray bytes,
      DType type,
      NDArray scales,
      double least) {
    NDArray floats = torch.tensors().reinterpret(scope, bytes, type);
    NDArray wide = torch.tensors().cast(scope, floats, DType.FLOAT32);
    Shape shape = wide.getShape();
    long groups = scales.getShape().size() == 1 ? 1 : scales.getShape().get(1);
    NDArray golden =
        scales.getShape().size() == 1
            ? wide.mul(scales.flatten())
            : wide.reshape(shape.get(0), groups, shape.get(1) / groups)
                .mul(scales.expandDims(2))
                .reshape(shape);
    double[] own = doubles(found);
    double[] expected = doubles(golden);
    int equal = 0;
    for (int i = 0; i < own.length; i++) {
      equal += Math.abs(own[i] - expected[i]) <= 1e-6 * Math.abs(expected[i]) ? 1 : 0;
    }
    assertThat((double) equal / own.length).isGreaterThanOrEqualTo(least);
  }

  private static double[] doubles(NDArray tensor) {
    return tensor.toType(DataType.FLOAT64, true).toDoubleArray();
  }
}
