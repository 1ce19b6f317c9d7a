package dev.assay.harness.measure.process;

import dev.assay.harness.hardware.disturbance.Observation;
import org.jspecify.annotations.Nullable;

/**
 * What a process saw of itself.
 *
 * @param peakBytes high-water mark of resident memory; null if unknown
 * @param startBytes resident memory before the model was loaded; null if unknown
 * @param memoryReason why memory is unknown; null if it is known
 * @param joules energy that the machine used while generating; null if unknown
 * @param energyReason why energy is unknown; null if it is known
 * @param seconds time spent generating
 * @param seen what went on in the machine meanwhile
 * @param tokens tokens generated, over all sequences
 */
public record GenerationReport(
    @Nullable Long peakBytes,
    @Nullable Long startBytes,
    @Nullable String memoryReason,
    @Nullable Double joules,
    @Nullable String energyReason,
    double seconds,
    Observation seen,
    long tokens) {}
