package dev.assay.harness.measure.latency;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A generation whose prompt has been read and whose first token is there. */
@State(Scope.Benchmark)
public class PrefilledGeneration extends OpenGeneration {
  private long[] first = {};

  @Setup(Level.Iteration)
  public void read() {
    generation().reset();
    first = generation().prefill();
  }

  long[] first() {
    return first;
  }
}
