package dev.assay.harness.measure.latency;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** The two phases of a generation. One call is one iteration, so every sample is kept. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
public class GenerationBenchmark {
  /** Prefill and first greedy choice. */
  @Benchmark
  public long[] timeToFirstToken(FreshGeneration fresh, InterferenceCounters counters) {
    return fresh.generation().prefill();
  }

  /** All further tokens. */
  @Benchmark
  public long[] decode(PrefilledGeneration prefilled, InterferenceCounters counters) {
    return prefilled.generation().decode(prefilled.first());
  }
}
