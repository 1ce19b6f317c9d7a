package dev.assay.engine.quantize.outlier;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.weight.outlier.BilevelWeight;
import org.jspecify.annotations.Nullable;

/**
 * What SpQR made of a weight.
 *
 * @param weight in its stored form, with float32 numbers
 * @param dequantized the values that it stands for, float32 [out, in]
 * @param threshold squared error above which a weight was kept; infinite where none was
 * @param loss ½ Σ ((w − q) / U_jj)²
 * @param damping share of the mean diagonal that was added to the Hessian's diagonal
 * @param note how the solver departed from its parameters; null if it did not
 */
public record SpqrResult(
    BilevelWeight weight,
    NDArray dequantized,
    double threshold,
    double loss,
    double damping,
    @Nullable String note) {}
