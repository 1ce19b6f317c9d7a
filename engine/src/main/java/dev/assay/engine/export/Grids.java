package dev.assay.engine.export;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.NoPlaceException;
import dev.assay.engine.quantize.UniformGrid;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.LoadableShapes;
import dev.assay.engine.weight.QuantizedWeight;
import dev.assay.engine.weight.StoredWeight;
import java.util.Optional;

/** Finds weights on the uniform grids that published layouts share. */
final class Grids {
  private Grids() {}

  /** The weight as codes under scales and zeros that are codes too; nothing where it is none. */
  static Optional<QuantizedWeight> of(TorchSession torch, StoredWeight weight) {
    return weight.onGrid().filter(each -> each.hasCodesForZeros(torch));
  }

  /**
   * The same.
   *
   * @throws NoPlaceException if it is none
   */
  static QuantizedWeight require(TorchSession torch, StoredWeight weight, PublishedLayout layout) {
    return of(torch, weight).orElseThrow(() -> otherwise(weight, layout, "one on a uniform grid"));
  }

  /**
   * The weight in another layout.
   *
   * @throws NoPlaceException if no loader of the layout takes it so
   */
  static QuantizedWeight loadable(QuantizedWeight weight, GridForm form) {
    Optional<String> obstacle =
        LoadableShapes.obstacle(form, weight.outFeatures(), weight.inFeatures());
    if (obstacle.isPresent()) {
      throw new NoPlaceException(obstacle.get());
    }
    return weight.as(form);
  }

  /** Says that a weight is in a form that a layout has no place for. */
  static NoPlaceException otherwise(StoredWeight weight, PublishedLayout layout, String expected) {
    return new NoPlaceException(
        "found a weight in the form %s, expected %s: %s would have to round it again, which the"
                .formatted(weight.format(), expected, layout.label())
            + " recipe %s does, or --requantize".formatted(layout.recipe()));
  }

  /**
   * The nearest codes, under scales in float16 where that holds them.
   *
   * @param values float32 [out, in]
   * @throws NoPlaceException if a value is not finite
   */
  static QuantizedWeight round(
      TorchSession torch, NDManager owner, NDArray values, UniformGrid grid) {
    requireFinite(torch, values);
    UniformGrid.Fit fit = grid.fit(torch, owner, values);
    NDArray narrow = torch.tensors().cast(owner, fit.scales(), DType.FLOAT16);
    NDArray scales = torch.tensors().cast(owner, narrow, DType.FLOAT32);
    boolean held =
        torch.tensors().isFinite(narrow) && scales.countNonzero().getLong() == scales.size();
    UniformGrid.Fit stored = held ? new UniformGrid.Fit(scales, fit.zeros()) : fit;
    QuantizedWeight rounded = grid.round(torch, owner, values, stored);
    return held
        ? new QuantizedWeight(
            rounded.codes(), narrow, rounded.zeros(), rounded.groupIndex(), rounded.grid())
        : rounded;
  }

  /**
   * Makes sure that values can be rounded.
   *
   * @throws NoPlaceException if one is not finite
   */
  static void requireFinite(TorchSession torch, NDArray values) {
    if (!torch.tensors().isFinite(values)) {
      throw new NoPlaceException("found NaN or infinite values, expected finite ones");
    }
  }
}
