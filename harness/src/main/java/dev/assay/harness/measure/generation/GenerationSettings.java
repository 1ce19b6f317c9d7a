package dev.assay.harness.measure.generation;

import dev.assay.engine.config.Require;
import dev.assay.engine.weight.Execution;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.harness.suite.Measures;
import java.nio.file.Path;

/**
 * What generates, and how.
 *
 * @param artifact Hugging Face directory
 * @param execution device, arithmetic, and whether quantized weights stay packed
 * @param threads intra-op threads
 * @param batch sequences at once
 * @param length tokens of the prompt and tokens written
 */
public record GenerationSettings(
    Path artifact, Execution execution, int threads, int batch, GenerationLength length) {
  public GenerationSettings {
    Require.atLeast("threads", threads, 1);
    Require.atLeast("batch", batch, 1);
  }

  /** Sequences at once where speed and memory are measured. */
  public static int batch(Measures measures) {
    LatencyMeasure latency = measures.latency();
    return latency == null ? 1 : latency.batch();
  }
}
