package dev.assay.harness.measure.latency;

import dev.assay.harness.hardware.disturbance.Attempts.Attempt;
import dev.assay.harness.measure.generation.GenerationSettings;
import dev.assay.harness.suite.LatencyMeasure;
import java.nio.file.Path;
import java.util.List;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs a phase's benchmark in forked JVMs. */
final class GenerationRunner {
  /** Few threads beside the kernels' own, and no heap that grows while time is taken. */
  static final List<String> JVM_ARGUMENTS =
      List.of("-Xms512m", "-Xmx1g", "-XX:+UseSerialGC", "-Djava.awt.headless=true");

  private final GenerationSettings settings;
  private final LatencyMeasure measure;

  GenerationRunner(GenerationSettings settings, LatencyMeasure measure) {
    this.settings = settings;
    this.measure = measure;
  }

  /**
   * @param log file for JMH's and the forks' output
   * @throws LatencyException if a fork fails
   */
  Attempt<List<Double>> run(Phase phase, Path log) {
    OptionsBuilder options = new OptionsBuilder();
    options
        .include(phase.pattern())
        .warmupForks(measure.warmupForks())
        .forks(measure.forks())
        .warmupIterations(measure.warmupIterations())
        .measurementIterations(measure.iterations())
        .threads(1)
        .jvmArgs(JVM_ARGUMENTS.toArray(String[]::new))
        .jvmArgsAppend("-Dai.djl.pytorch.num_threads=" + settings.threads())
        .shouldFailOnError(true)
        .output(log.toString());
    OpenGeneration.pass(settings, options);
    try {
      return PhaseSamples.of(new Runner(options.build()).run());
    } catch (RunnerException e) {
      throw new LatencyException(phase, log, e);
    }
  }
}
