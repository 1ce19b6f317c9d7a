package dev.assay.harness.suite;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;

/**
 * Time to first token and time per output token, in forked JVMs.
 *
 * @param promptLength tokens of the prompt
 * @param decodeLength tokens generated, the first of them by the prefill
 * @param batch sequences at once
 * @param warmupForks forks whose figures are thrown away
 * @param forks forks whose figures are kept
 * @param warmupIterations generations at the start of each fork whose figures are thrown away
 * @param iterations generations of each fork whose figures are kept
 */
public record LatencyMeasure(
    @Default("128") @Describe("tokens of the prompt") int promptLength,
    @Default("128") @Describe("tokens generated, the first of them by the prefill")
        int decodeLength,
    @Default("1") @Describe("sequences at once") int batch,
    @Default("0") @Describe("JVM forks that are thrown away") int warmupForks,
    @Default("3") @Describe("JVM forks that are kept") int forks,
    @Default("3") @Describe("generations of a fork that are thrown away") int warmupIterations,
    @Default("5") @Describe("generations of a fork that are kept") int iterations) {
  public LatencyMeasure {
    Require.atLeast("promptLength", promptLength, 1);
    Require.atLeast("decodeLength", decodeLength, 2);
    Require.atLeast("batch", batch, 1);
    Require.atLeast("warmupForks", warmupForks, 0);
    Require.atLeast("forks", forks, 1);
    Require.atLeast("warmupIterations", warmupIterations, 0);
    Require.atLeast("iterations", iterations, 1);
  }
}
