package dev.assay.harness.measure.process;

import dev.assay.harness.measure.generation.Generation;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.measure.generation.GenerationSettings;
import dev.assay.harness.process.ForkedJvm;
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
import org.jspecify.annotations.Nullable;

/**
 * The most memory that was resident at once in a process that loads an artifact and generates from
 * it, libtorch and the JVM included.
 *
 * @param settings what generates
 * @param simulated why the weights run in another form than the stored one; null if they do not
 */
public record PeakMemoryMetric(GenerationSettings settings, @Nullable String simulated) {
  private static final String UNIT = "B";

  /**
   * Runs the process.
   *
   * @param logs existing directory for its output
   * @throws ProcessDiedException if it fails
   */
  public Measurement measure(Path logs) {
    return of(new GenerationProcess(settings).run(0, logs, "memory", ForkedJvm.PROMPT_FREES));
  }

  Measurement of(GenerationReport report) {
    Long peak = report.peakBytes();
    if (peak == null) {
      return Measurement.unsupported(
          Metrics.PEAK_RESIDENT_MEMORY,
          protocol(),
          UNIT,
          Direction.LOWER_IS_BETTER,
          String.valueOf(report.memoryReason()));
    }
    String note =
        (simulated == null ? "" : simulated + "; ")
            + "of these "
            + report.startBytes()
            + " B before the model was loaded";
    return new Measurement(
        Metrics.PEAK_RESIDENT_MEMORY,
        protocol(),
        simulated == null ? Provenance.MEASURED : Provenance.SIMULATED,
        peak.doubleValue(),
        UNIT,
        Direction.LOWER_IS_BETTER,
        null,
        null,
        List.of(peak.doubleValue()),
        note);
  }

  private Protocol protocol() {
    GenerationLength length = settings.length();
    Map<String, String> common = new TreeMap<>();
    common.put("promptLength", Integer.toString(length.prompt()));
    common.put("decodeLength", Integer.toString(length.generated()));
    common.put("batch", Integer.toString(settings.batch()));
    common.put("prompt", Generation.PROMPT);
    common.put("counter", "VmHWM of a process that loads the artifact and generates once");
    common.put("counted", "JVM, libtorch, weights, and resident pages of mapped files");
    common.put("jvm", String.join(" ", GenerationProcess.JVM_ARGUMENTS));
    common.put("allocator", "MALLOC_MMAP_THRESHOLD_=131072");
    return Protocol.of(common);
  }
}
