package dev.assay.harness.measure.latency;

import dev.assay.harness.measure.generation.Generation;
import dev.assay.harness.measure.generation.GenerationSettings;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Time to first token, time per output token and throughputs, by JMH in forked JVMs. Prefill and
 * decode are timed apart; neither is the difference of two totals.
 *
 * <p>A phase in which tasks waited for a CPU more than {@value #DISTURBED} of the time is taken
 * again once, and the calmer of the two counts.
 */
public final class LatencyMetric {
  /**
   * Share of time above which a phase counts as disturbed. Kernels that spin on every core, and the
   * JVM's own threads beside them, make for up to a quarter without anybody else; another busy
   * process for nearly all of the time.
   */
  public static final double DISTURBED = 0.4;

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
    PhaseSamples prefill = calm(runner, Phase.PREFILL, logs, warnings);
    PhaseSamples decode = calm(runner, Phase.DECODE, logs, warnings);
    List<Measurement> measurements = new ArrayList<>();
    measurements.addAll(figures(prefill).ofPrefill(prefill.seconds()));
    measurements.addAll(figures(decode).ofDecode(decode.seconds()));
    return new LatencyOutcome(measurements, higher(prefill, decode), warnings);
  }

  private static PhaseSamples calm(
      GenerationRunner runner, Phase phase, Path logs, List<String> warnings) {
    PhaseSamples samples = runner.run(phase, logs.resolve(phase.label() + ".log"));
    if (!samples.disturbed(DISTURBED)) {
      return samples;
    }
    PhaseSamples again = runner.run(phase, logs.resolve(phase.label() + "-again.log"));
    PhaseSamples kept = samples.orCalmer(again);
    warnings.add(
        String.format(
            Locale.ROOT,
            "%s: tasks waited for a CPU %.0f %% of the time; taken again with %.0f %%, the calmer"
                + " counts%s",
            phase.label(),
            percent(samples),
            percent(again),
            kept.disturbed(DISTURBED) ? ", disturbed as it is" : ""));
    return kept;
  }

  private static double percent(PhaseSamples samples) {
    return samples.pressure() == null ? Double.NaN : 100 * samples.pressure();
  }

  private LatencyFigures figures(PhaseSamples samples) {
    String disturbance =
        samples.disturbed(DISTURBED)
            ? String.format(
                Locale.ROOT, "tasks waited for a CPU %.0f %% of the time", percent(samples))
            : null;
    String note =
        simulated == null
            ? disturbance
            : simulated + (disturbance == null ? "" : "; " + disturbance);
    Provenance provenance = simulated == null ? Provenance.MEASURED : Provenance.SIMULATED;
    return new LatencyFigures(settings.length(), measure, protocol(), provenance, note);
  }

  private static @Nullable Double higher(PhaseSamples one, PhaseSamples other) {
    if (one.pressure() == null || other.pressure() == null) {
      return null;
    }
    return Math.max(one.pressure(), other.pressure());
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
    common.put("iterations", Integer.toString(measure.iterations()));
    return common;
  }
}
