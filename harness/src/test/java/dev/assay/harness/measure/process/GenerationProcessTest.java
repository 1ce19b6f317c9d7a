package dev.assay.harness.measure.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.weight.Execution;
import dev.assay.harness.hardware.disturbance.Observation;
import dev.assay.harness.hardware.disturbance.Observations;
import dev.assay.harness.measure.ReferenceModels;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.measure.generation.GenerationSettings;
import dev.assay.harness.process.ProcessDiedException;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class GenerationProcessTest {
  @TempDir Path logs;

  private static GenerationSettings settings(Path artifact) {
    return new GenerationSettings(
        artifact, Execution.reference(TorchDevice.CPU), 1, 1, new GenerationLength(8, 3));
  }

  @Test
  @Tag("slow")
  @EnabledOnOs(OS.LINUX)
  void peakMemoryHoldsTheModelAtLeast() {
    Measurement found =
        new PeakMemoryMetric(settings(ReferenceModels.directory("ref-7m")), null).measure(logs);

    assertThat(found.provenance()).isEqualTo(Provenance.MEASURED);
    // 6,819,072 parameters and the copy of the embedding that the head is, in float32.
    assertThat(found.value()).isGreaterThan(4 * (6_819_072 + 8192 * 256));
    assertThat(found.note()).contains("before the model was loaded");
  }

  @Test
  @Tag("slow")
  void aProcessThatFailsIsQuoted() throws Exception {
    Path artifact = Files.createDirectory(logs.resolve("artifact"));

    assertThatThrownBy(() -> new PeakMemoryMetric(settings(artifact), null).measure(logs))
        .isInstanceOf(ProcessDiedException.class)
        .hasMessageContaining("the memory process ended with status 1")
        .hasMessageContaining("config.json: no such file");
  }

  @Test
  void energyIsJoulesOverGeneratedTokens() {
    GenerationReport report =
        new GenerationReport(1L, 1L, null, 30.0, null, 5, Observations.calm(), 120);

    Measurement found = new EnergyMetric(settings(logs), null).of(report);

    assertThat(found.value()).isEqualTo(0.25);
    assertThat(found.unit()).isEqualTo("J/token");
    assertThat(found.provenance()).isEqualTo(Provenance.MEASURED);
  }

  @Test
  void whatTheMachineDoesNotCountIsUnsupported() {
    GenerationReport report =
        new GenerationReport(
            null, null, "no /proc here", null, "no counter here", 5, Observations.calm(), 120);

    Measurement energy = new EnergyMetric(settings(logs), null).of(report);
    Measurement memory = new PeakMemoryMetric(settings(logs), null).of(report);

    assertThat(energy.provenance()).isEqualTo(Provenance.UNSUPPORTED);
    assertThat(energy.value()).isNull();
    assertThat(energy.note()).isEqualTo("no counter here");
    assertThat(memory.provenance()).isEqualTo(Provenance.UNSUPPORTED);
    assertThat(memory.note()).isEqualTo("no /proc here");
  }

  @Test
  void aStandInIsMarkedAsOne() {
    GenerationReport report =
        new GenerationReport(5L, 1L, null, 30.0, null, 5, Observations.calm(), 120);

    Measurement found = new PeakMemoryMetric(settings(logs), "runs dense").of(report);

    assertThat(found.provenance()).isEqualTo(Provenance.SIMULATED);
    assertThat(found.note()).startsWith("runs dense");
  }

  @Test
  void energyBesideOtherWorkIsTakenAgainAndThenMarked() {
    EnergyMetric metric = new EnergyMetric(settings(logs), null);

    Measurement calmLater =
        metric.measure(
            attempt -> report(attempt == 1 ? Observations.hogged() : Observations.calm()));
    Measurement never = metric.measure(attempt -> report(Observations.hogged()));

    assertThat(calmLater.disturbed()).isNull();
    assertThat(calmLater.conditions()).isNotNull();
    assertThat(calmLater.conditions().attempts()).isEqualTo(2);
    assertThat(never.value()).isEqualTo(0.25);
    assertThat(never.disturbed()).contains("other work", "limit 10 %");
    assertThat(never.provenance()).isEqualTo(Provenance.MEASURED);
  }

  private static GenerationReport report(Observation seen) {
    return new GenerationReport(1L, 1L, null, 30.0, null, 5, seen, 120);
  }

  @Test
  void peakMemoryIsTheSameWhateverElseRuns() {
    Measurement found =
        new PeakMemoryMetric(settings(logs), null).of(report(Observations.hogged()));

    assertThat(found.disturbed()).isNull();
  }
}
