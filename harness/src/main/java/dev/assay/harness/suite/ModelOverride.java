package dev.assay.harness.suite;

import dev.assay.engine.config.Describe;
import dev.assay.engine.recipe.CalibrationOverride;
import org.jspecify.annotations.Nullable;

/**
 * What is different for some models of a suite.
 *
 * @param model glob of model names
 * @param calibration over that of the suite
 * @param measures over those of the suite: mappings are merged, lists replaced
 */
public record ModelOverride(
    @Describe("glob of model names") String model,
    @Describe("over the suite's calibration") @Nullable CalibrationOverride calibration,
    @Describe("over the suite's measures; lists replace the suite's")
        @Nullable MeasuresPatch measures) {}
