package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.weight.QuantizedWeight;
import org.jspecify.annotations.Nullable;

/**
 * What SparseGPT made of a weight.
 *
 * @param weight float32 [out, in], 0 where pruned; where quantized jointly, further weights may be
 *     0
 * @param mask uint8 [out, in], 1 where pruned
 * @param quantized the weight on its grid, with float32 scales; null without quantization
 * @param loss ½ Σ ((w − q) / U_jj)²
 * @param damping share of the mean diagonal that was added to the Hessian's diagonal
 * @param note how the solver departed from its parameters; null if it did not
 */
public record SparseGptResult(
    NDArray weight,
    NDArray mask,
    @Nullable QuantizedWeight quantized,
    double loss,
    double damping,
    @Nullable String note) {}
