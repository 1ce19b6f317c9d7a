package dev.assay.engine.qat;

import dev.assay.engine.model.CacheScheme;
import org.jspecify.annotations.Nullable;

/**
 * What is rounded of a model while it is trained, and what is learned.
 *
 * @param inputBits of inputs; null for inputs as they are
 * @param cache how keys and values are kept; null for as they are
 * @param all whether everything else is learned too
 * @param stepRate times the learning rate, for what is learned beside weights
 */
record RoundedPlan(
    WeightRounding rounding,
    @Nullable Integer inputBits,
    @Nullable CacheScheme cache,
    boolean all,
    double stepRate) {}
