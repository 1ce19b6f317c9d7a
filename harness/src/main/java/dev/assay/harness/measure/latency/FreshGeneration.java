package dev.assay.harness.measure.latency;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A generation before its prompt is read. */
@State(Scope.Benchmark)
public class FreshGeneration extends OpenGeneration {
  @Setup(Level.Iteration)
  public void forget() {
    generation().reset();
  }
}
