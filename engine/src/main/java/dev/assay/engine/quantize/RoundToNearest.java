package dev.assay.engine.quantize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rounds each weight to the nearest value of its group's {@link UniformGrid}. */
public final class RoundToNearest {
  /** How notes of what is rounded in place of something else begin. */
  private static final String INSTEAD = "rounded to nearest: ";

  private RoundToNearest() {}

  /**
   * Quantizes a weight.
   *
   * @param weight float32 [out, in]
   * @param bits bits a code, 1 to 8
   * @param groupSize consecutive columns that share a scale; -1 for the whole row
   * @param symmetric whether the zero is 2^(bits − 1) everywhere
   * @param mse whether each grid is shrunk to the least error
   * @return float32 scales, columns in the weight's order, owned by {@code owner}
   * @throws IllegalArgumentException if the weight is no float32 matrix
   * @throws ArithmeticException if a weight is not finite
   */
  public static QuantizedWeight quantize(
      TorchSession torch,
      NDManager owner,
      NDArray weight,
      int bits,
      int groupSize,
      boolean symmetric,
      boolean mse) {
    return quantize(torch, owner, weight, new UniformGrid(bits, groupSize, symmetric, mse));
  }

  /** The same on a grid of any kind. */
  public static QuantizedWeight quantize(
      TorchSession torch, NDManager owner, NDArray weight, UniformGrid grid) {
    TensorChecks.shape("weight", weight, -1, -1);
    TensorChecks.finite(torch, "weight", weight);
    return grid.round(torch, owner, weight, grid.fit(torch, owner, weight));
  }

  /**
   * Rounds a linear of a layer and stores it.
   *
   * @param why this is done in place of what was asked for, if it is
   */
  public static void store(
      LayerContext layer, String linear, UniformGrid grid, Optional<String> why) {
    try (NDManager scope = layer.scope().newSubManager()) {
      NDArray weight = layer.weight(linear);
      layer.storeQuantized(
          linear,
          quantize(layer.torch(), scope, weight, grid),
          note(layer.torch(), weight, grid, why.map(reason -> INSTEAD + reason)));
    }
  }

  /**
   * What was said, and what to say of a weight's groups of one sign, see {@link OneSidedGroups};
   * null if that is nothing.
   */
  public static @Nullable String note(
      TorchSession torch, NDArray weight, UniformGrid grid, Optional<String> said) {
    long groups = weight.getShape().get(0) * grid.form().groups(weight.getShape().get(1));
    return Notes.joined(List.of(said, OneSidedGroups.note(grid.oneSided(torch, weight), groups)));
  }
}
