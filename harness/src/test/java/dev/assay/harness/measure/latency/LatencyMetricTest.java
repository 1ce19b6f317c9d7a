package dev.assay.harness.measure.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.weight.Execution;
import dev.assay.harness.measure.ReferenceModels;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.measure.generation.GenerationSettings;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real forks on a reference model: samples come back, errors too. */
@Tag("slow")
class LatencyMetricTest {
  private static final LatencyMeasure MEASURE = new LatencyMeasure(16, 5, 2, 0, 1, 1, 3);

  @TempDir Path logs;

  private static LatencyMetric metric(Path artifact) {
    GenerationSettings settings =
        new GenerationSettings(
            artifact,
            Execution.packed(TorchDevice.CPU, DType.BFLOAT16),
            1,
            2,
            new GenerationLength(16, 5));
    return new LatencyMetric(settings, MEASURE, null);
  }

  @Test
  void keepsEverySample() {
    LatencyOutcome found = metric(ReferenceModels.directory("ref-7m")).measure(logs);

    assertThat(found.measurements())
        .extracting(Measurement::metric)
        .containsExactly(
            Metrics.TIME_TO_FIRST_TOKEN,
            Metrics.PREFILL_THROUGHPUT,
            Metrics.TIME_PER_OUTPUT_TOKEN,
            Metrics.DECODE_THROUGHPUT);
    for (Measurement each : found.measurements()) {
      assertThat(each.samples()).hasSize(3).allMatch(sample -> sample > 0);
      assertThat(each.value()).isPositive();
      assertThat(each.interval()).isNotNull();
      assertThat(each.provenance()).isEqualTo(Provenance.MEASURED);
      assertThat(each.protocol().settings()).containsKeys("formula", "statistic", "warmup", "jvm");
    }
    if (Files.exists(Path.of("/proc/pressure/cpu"))) {
      assertThat(found.cpuPressure()).isBetween(0.0, 1.0);
    }
    assertThat(logs.resolve("decode.log")).isNotEmptyFile();
  }

  @Test
  void aBrokenArtifactIsNamed() throws Exception {
    Path artifact = Files.createDirectory(logs.resolve("artifact"));

    assertThatThrownBy(() -> metric(artifact).measure(logs))
        .isInstanceOf(LatencyException.class)
        .hasMessageContaining(artifact.toString())
        .hasMessageContaining("config.json")
        .hasMessageContaining("timeToFirstToken.log");
  }
}
