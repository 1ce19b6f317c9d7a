package dev.assay.engine.quantize;

import dev.assay.engine.config.Choices;
import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.torch.DType;

/**
 * Stores the weights in another floating-point type, rounding to nearest even.
 *
 * @param dtype type that the weights are stored in
 */
public record CastParameters(
    @Choices({"float32", "bfloat16", "float16"}) @Describe("type that the weights are stored in")
        DType dtype)
    implements Stage {}
