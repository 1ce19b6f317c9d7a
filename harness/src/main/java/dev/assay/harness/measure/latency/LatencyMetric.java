package dev.assay.harness.measure.latency;

import dev.assay.harness.hardware.disturbance.Attempts;
import dev.assay.harness.hardware.disturbance.Attempts.Taken;
import dev.assay.harness.hardware.disturbance.Limits;
import dev.assay.harness.measure.generation.Generation;
import dev.assay.harness.measure.generation.GenerationSettings;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.leaderboard.result.Conditions;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Time to first token, time per output token and throughputs, by JMH in forked JVMs. Prefill and
 * decode are timed apart; neither is the difference of two totals.
 *
 * <p>A phase that was disturbed ({@link Limits#OF_TIMES}) is taken again; if it stays disturbed,
 * its figures say so.
 */
public final class LatencyMetric {
  private final GenerationSettings settings;
  private final LatencyMeasure measure;
  private final @Nullable String simulated;

  /**
   * @param settings what runs, with the batch of the measure
   * @param measure numbers of forks and iterations
   * @param simulated why the weights run in another form than the stored one; null if they do not
   */
  public LatencyMetric(
      GenerationSettings settings, LatencyMeasure measure, @Nullable String simulated) {
    if (settings.batch() != measure.batch()) {
      throw new IllegalArgumentException("the settings generate another batch than the measure");
    }
    this.settings = settings;
    this.measure = measure;
    this.simulated = simulated;
  }

  /**
   * Takes all samples.
   *
   * @param logs existing directory for the forks' output
   * @throws LatencyException if a fork fails
   */
  public LatencyOutcome measure(Path logs) {
    GenerationRunner runner = new GenerationRunner(settings, measure);
    List<String> warnings = new ArrayList<>();
    Taken<List<Double>> prefill = calm(runner, Phase.PREFILL, logs, warnings);
    Taken<List<Double>> decode = calm(runner, Phase.DECODE, logs, warnings);
    List<Measurement> measurements = new ArrayList<>();
    measurements.addAll(taken(prefill, figures().ofPrefill(prefill.value())));
    measurements.addAll(taken(decode, figures().ofDecode(decode.value())));
    return new LatencyOutcome(
        measurements, higher(prefill.conditions(), decode.conditions()), warnings);
  }

  private static Taken<List<Double>> calm(
      GenerationRunner runner, Phase phase, Path logs, List<String> warnings) {
    Taken<List<Double>> taken =
        Attempts.take(
            Limits.OF_TIMES,
            attempt ->
                runner.run(
                    phase,
                    logs.resolve(phase.label() + (attempt == 1 ? "" : "-" + attempt) + ".log")));
    if (taken.conditions().attempts() > 1) {
      warnings.add(phase.label() + ": " + taken.story(Limits.OF_TIMES));
    }
    return taken;
  }

  private static List<Measurement> taken(
      Taken<List<Double>> samples, List<Measurement> measurements) {
    return measurements.stream()
        .map(each -> each.taken(samples.disturbed(), samples.conditions()))
        .toList();
  }

  private LatencyFigures figures() {
    Provenance provenance = simulated == null ? Provenance.MEASURED : Provenance.SIMULATED;
    return new LatencyFigures(settings.length(), measure, protocol(), provenance, simulated);
  }

  private static @Nullable Double higher(Conditions one, Conditions other) {
    if (one.waiting() == null || other.waiting() == null) {
      return null;
    }
    return Math.max(one.waiting(), other.waiting());
  }

  /**
   * What all metrics share. Arithmetic and threads are not among it: they belong to recipe and
   * target, which are what latencies are compared between.
   */
  private Map<String, String> protocol() {
    Map<String, String> common = new TreeMap<>();
    common.put("promptLength", Integer.toString(settings.length().prompt()));
    common.put("decodeLength", Integer.toString(settings.length().generated()));
    common.put("batch", Integer.toString(measure.batch()));
    common.put("prompt", Generation.PROMPT);
    common.put("sampling", "greedy, every token's id read back");
    common.put("harness", "JMH 1.37, SingleShotTime, forked JVMs");
    common.put("jvm", String.join(" ", GenerationRunner.JVM_ARGUMENTS));
    common.put("warmupForks", Integer.toString(measure.warmupForks()));
    common.put("forks", Integer.toString(measure.forks()));
    common.put(
        "warmup",
        String.format(
            "in each fork %d iterations, after %d ms of generating",
            measure.warmupIterations(), OpenGeneration.SHORTEST_WARMUP.toMillis()));
    common.put("disturbance", Limits.OF_TIMES.description());
    common.put("iterations", Integer.toString(measure.iterations()));
    return common;
  }
}
