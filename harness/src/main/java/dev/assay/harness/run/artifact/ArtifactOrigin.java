package dev.assay.harness.run.artifact;

import dev.assay.engine.config.Describe;

/**
 * Where an artifact comes from: what its key is too short to say.
 *
 * @param model name of the model
 * @param recipe name of the recipe
 * @param compression hash of the code that compressed
 * @param sampling hash of the code that draws calibration samples, by which they were last found to
 *     be the ones that the artifact was calibrated on
 */
public record ArtifactOrigin(
    @Describe("name of the model") String model,
    @Describe("name of the recipe") String recipe,
    @Describe("hash of the code that compresses") String compression,
    @Describe("hash of the code that draws samples") String sampling) {}
