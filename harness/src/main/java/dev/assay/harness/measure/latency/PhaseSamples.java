package dev.assay.harness.measure.latency;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * Times of one phase.
 *
 * @param seconds one a measured iteration, fork after fork
 * @param pressure share of the iterations' time in which some task waited for a CPU; null where the
 *     kernel does not tell
 */
record PhaseSamples(List<Double> seconds, @Nullable Double pressure) {
  PhaseSamples {
    seconds = List.copyOf(seconds);
  }

  static PhaseSamples of(Collection<RunResult> results) {
    List<Double> seconds = new ArrayList<>();
    double elapsed = 0;
    double stalled = 0;
    boolean known = true;
    for (RunResult run : results) {
      for (BenchmarkResult fork : run.getBenchmarkResults()) {
        for (IterationResult iteration : fork.getIterationResults()) {
          seconds.add(iteration.getPrimaryResult().getScore());
          double waited = secondary(iteration, "stalledSeconds");
          known &= waited >= 0;
          stalled += waited;
          elapsed += secondary(iteration, "elapsedSeconds");
        }
      }
    }
    return new PhaseSamples(seconds, known && elapsed > 0 ? stalled / elapsed : null);
  }

  private static double secondary(IterationResult iteration, String name) {
    Result<?> result = iteration.getSecondaryResults().get(name);
    if (result == null) {
      throw new IllegalStateException("the fork sent no " + name);
    }
    return result.getScore();
  }

  /** Whether tasks waited for more than this share of the time. */
  boolean disturbed(double limit) {
    return pressure != null && pressure > limit;
  }

  /** The less disturbed of two. */
  PhaseSamples orCalmer(PhaseSamples other) {
    return pressure != null && other.pressure != null && other.pressure < pressure ? other : this;
  }
}
