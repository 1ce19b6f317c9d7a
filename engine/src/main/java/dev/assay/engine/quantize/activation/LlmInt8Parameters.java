package dev.assay.engine.quantize.activation;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Weights and inputs of 8 bits, but for the features in which inputs are outliers.
 *
 * @param threshold magnitude from which an input makes its feature an outlier in a call
 * @param outlierWeights what outlier features are multiplied by
 * @param halfInputs whether inputs are rounded to float16 first
 * @see <a href="https://arxiv.org/abs/2208.07339">Dettmers et al. 2022, LLM.int8()</a>
 */
public record LlmInt8Parameters(
    @Default("6.0")
        @Describe("magnitude from which an input leaves its feature unrounded; 0 for none")
        double threshold,
    @Default("rounded")
        @Describe(
            "what outlier features are multiplied by: the weights of 8 bits as in bitsandbytes, or"
                + " those before rounding, of the features that were outliers in calibration")
        OutlierWeights outlierWeights,
    @Default("false") @Describe("round inputs to float16 first, as bitsandbytes does")
        boolean halfInputs)
    implements Stage {
  public LlmInt8Parameters {
    Require.within("threshold", threshold, 0, Float.MAX_VALUE);
  }

  /** What outlier features are multiplied by. */
  public enum OutlierWeights {
    /** Weights of 8 bits. */
    ROUNDED,
    /** Weights in float16, of the features that were outliers in calibration. */
    FULL
  }
}
