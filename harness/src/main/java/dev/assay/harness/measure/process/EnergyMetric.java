package dev.assay.harness.measure.process;

import dev.assay.harness.hardware.Reading;
import dev.assay.harness.hardware.counter.EnergyProbe;
import dev.assay.harness.hardware.disturbance.Attempts;
import dev.assay.harness.hardware.disturbance.Attempts.Attempt;
import dev.assay.harness.hardware.disturbance.Attempts.Taken;
import dev.assay.harness.hardware.disturbance.Limits;
import dev.assay.harness.measure.generation.Generation;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.measure.generation.GenerationSettings;
import dev.assay.harness.process.ProcessDiedException;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Protocol;
import dev.assay.leaderboard.result.Provenance;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Joule a generated token, in a pass of its own so that reading counters disturbs no times. Where
 * the machine shows no counter the measurement says so.
 *
 * @param settings what generates
 * @param simulated why the weights run in another form than the stored one; null if they do not
 */
public record EnergyMetric(GenerationSettings settings, @Nullable String simulated) {
  private static final String UNIT = "J/token";

  /** Many turns of the counters, which move about once a millisecond. */
  private static final double SECONDS = 5;

  /**
   * Runs the process, if there is a counter.
   *
   * @param logs existing directory for its output
   * @throws ProcessDiedException if it fails
   */
  public Measurement measure(Path logs) {
    Reading<Double> here = EnergyProbe.ofKernel().start().joules();
    if (here instanceof Reading.Unavailable<Double> unavailable) {
      return unsupported(unavailable.reason());
    }
    GenerationProcess process = new GenerationProcess(settings);
    return measure(
        attempt ->
            process.run(SECONDS, logs, "energy" + (attempt == 1 ? "" : "-" + attempt), Map.of()));
  }

  /** The counters add up the joules of every process, so others need not make this one wait. */
  Measurement measure(IntFunction<GenerationReport> process) {
    Taken<GenerationReport> taken =
        Attempts.take(
            Limits.OF_COUNTERS,
            attempt -> {
              GenerationReport report = process.apply(attempt);
              return new Attempt<>(report, report.seen());
            });
    return of(taken.value()).taken(taken.disturbed(), taken.conditions());
  }

  Measurement of(GenerationReport report) {
    Double joules = report.joules();
    if (joules == null) {
      return unsupported(String.valueOf(report.energyReason()));
    }
    double perToken = joules / report.tokens();
    return new Measurement(
        Metrics.ENERGY_PER_TOKEN,
        protocol(),
        simulated == null ? Provenance.MEASURED : Provenance.SIMULATED,
        perToken,
        UNIT,
        Direction.LOWER_IS_BETTER,
        null,
        null,
        List.of(perToken),
        simulated);
  }

  private Measurement unsupported(String reason) {
    return Measurement.unsupported(
        Metrics.ENERGY_PER_TOKEN, protocol(), UNIT, Direction.LOWER_IS_BETTER, reason);
  }

  private Protocol protocol() {
    GenerationLength length = settings.length();
    Map<String, String> common = new TreeMap<>();
    common.put("promptLength", Integer.toString(length.prompt()));
    common.put("decodeLength", Integer.toString(length.generated()));
    common.put("batch", Integer.toString(settings.batch()));
    common.put("prompt", Generation.PROMPT);
    common.put("counter", "RAPL, packages and memory of the whole machine, idle power included");
    common.put("formula", "joules / generated tokens, prefills included");
    common.put("disturbance", Limits.OF_COUNTERS.description());
    common.put("duration", "generations for at least " + SECONDS + " s");
    return Protocol.of(common);
  }
}
