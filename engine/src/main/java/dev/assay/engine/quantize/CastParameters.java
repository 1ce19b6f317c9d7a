package dev.assay.engine.quantize;

import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Dtype;
import dev.assay.engine.recipe.Stage;

/**
 * Stores the weights in another floating-point type, rounding to nearest even.
 *
 * @param dtype type that the weights are stored in
 */
public record CastParameters(@Describe("type that the weights are stored in") Dtype dtype)
    implements Stage {}
