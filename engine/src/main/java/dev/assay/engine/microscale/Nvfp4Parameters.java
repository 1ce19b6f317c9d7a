package dev.assay.engine.microscale;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.weight.Nvfp4Weight;

/**
 * NVFP4: floats of 4 bits in blocks of 16 inputs under floats of 8 bits, those under one number.
 *
 * @param rule how the scales of blocks are found
 * @param shared whether linears that read the same input, as queries, keys and values do, share the
 *     number that their scales are divided by, so that they can run as one
 * @param activations whether inputs are rounded so too: scales of blocks as they come, the number
 *     of all from calibration
 * @see <a href="https://arxiv.org/abs/2509.25149">NVIDIA 2025</a>
 */
public record Nvfp4Parameters(
    @Default("compressed-tensors") @Describe("how the scales of blocks are found")
        Nvfp4Weight.Rule rule,
    @Default("true") @Describe("one number for linears that read the same input") boolean shared,
    @Default("false") @Describe("round inputs so too, under one number from calibration")
        boolean activations)
    implements Stage {}
