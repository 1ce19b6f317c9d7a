package dev.assay.harness.suite;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import org.jspecify.annotations.Nullable;

/**
 * Time to first token and time per output token, in forked JVMs.
 *
 * @param promptLength tokens of the prompt; null for 128, or what the model's context has room for
 * @param decodeLength tokens generated, the first of them by the prefill; null likewise
 * @param batch sequences at once
 * @param warmupForks forks whose figures are thrown away
 * @param forks forks whose figures are kept
 * @param warmupIterations generations at the start of each fork whose figures are thrown away
 * @param iterations generations of each fork whose figures are kept
 */
public record LatencyMeasure(
    @Describe("tokens of the prompt; if left out 128, or what the context has room for")
        @Nullable Integer promptLength,
    @Describe(
            "tokens generated, the first of them by the prefill; if left out 128, or what the"
                + " context has room for")
        @Nullable Integer decodeLength,
    @Default("1") @Describe("sequences at once") int batch,
    @Default("0") @Describe("JVM forks that are thrown away") int warmupForks,
    @Default("3") @Describe("JVM forks that are kept") int forks,
    @Default("3") @Describe("generations of a fork that are thrown away") int warmupIterations,
    @Default("5") @Describe("generations of a fork that are kept") int iterations) {
  private static final int MOST_AT_ONCE = 4_096;
  private static final int MOST_FORKS = 1_000;
  private static final int MOST_ITERATIONS = 100_000;

  public LatencyMeasure {
    if (promptLength != null) {
      Require.atLeast("promptLength", promptLength, 1);
    }
    if (decodeLength != null) {
      Require.atLeast("decodeLength", decodeLength, 2);
    }
    Require.between("batch", batch, 1, MOST_AT_ONCE);
    Require.between("warmupForks", warmupForks, 0, MOST_FORKS);
    Require.between("forks", forks, 1, MOST_FORKS);
    Require.between("warmupIterations", warmupIterations, 0, MOST_ITERATIONS);
    Require.between("iterations", iterations, 1, MOST_ITERATIONS);
  }
}
