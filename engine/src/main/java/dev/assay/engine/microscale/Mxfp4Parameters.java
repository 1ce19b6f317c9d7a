package dev.assay.engine.microscale;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.weight.ElementFormat;
import dev.assay.engine.weight.MicroscaledWeight.Rounding;
import dev.assay.engine.weight.SharedExponent;

/**
 * MXFP4: floats of 4 bits in blocks of 32 inputs under powers of two.
 *
 * @param exponent how a block's power of two follows from its greatest magnitude
 * @param activations whether inputs are rounded so too, as they come
 * @see MxParameters
 */
public record Mxfp4Parameters(
    @Default("even") @Describe("how a block's power of two follows from its greatest magnitude")
        SharedExponent exponent,
    @Default("false") @Describe("round inputs so too, as they come") boolean activations)
    implements Stage {
  Rounding rounding() {
    return new Rounding(ElementFormat.E2M1, exponent, ElementFormat.E2M1.mantissaBits(), false);
  }
}
