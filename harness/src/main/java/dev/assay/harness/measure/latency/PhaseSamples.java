package dev.assay.harness.measure.latency;

import dev.assay.harness.hardware.disturbance.Attempts.Attempt;
import dev.assay.harness.hardware.disturbance.Observation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/** Times of one phase, as JMH hands them over. */
final class PhaseSamples {
  private PhaseSamples() {}

  /** Seconds of each measured iteration, fork after fork, and what went on meanwhile. */
  static Attempt<List<Double>> of(Collection<RunResult> results) {
    List<Double> seconds = new ArrayList<>();
    List<Observation> seen = new ArrayList<>();
    for (RunResult run : results) {
      for (BenchmarkResult fork : run.getBenchmarkResults()) {
        for (IterationResult iteration : fork.getIterationResults()) {
          seconds.add(iteration.getPrimaryResult().getScore());
          seen.add(InterferenceCounters.of(iteration));
        }
      }
    }
    Optional<Observation> together = seen.stream().reduce(Observation::plus);
    return new Attempt<>(
        seconds,
        together.orElseThrow(() -> new IllegalStateException("the forks sent no iterations")));
  }
}
