package dev.assay.harness.run.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.KernelInputs;
import dev.assay.harness.run.artifact.ArtifactOrigin;
import dev.assay.harness.run.journal.JournalEntry.Cell;
import dev.assay.harness.run.journal.JournalEntry.CellFinished;
import dev.assay.harness.run.journal.JournalEntry.CellStarted;
import dev.assay.harness.run.journal.JournalEntry.Role;
import dev.assay.harness.run.journal.JournalEntry.RunStarted;
import dev.assay.harness.run.journal.ReportsDirectory;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.harness.run.worker.WorkerRequest;
import dev.assay.harness.suite.Device;
import dev.assay.harness.suite.LatencyMeasure;
import dev.assay.harness.suite.Measures;
import dev.assay.leaderboard.result.Status;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PastTimesTest {
  private static final Instant START = Instant.parse("2026-11-25T20:00:00Z");

  @TempDir Path directory;

  private static Measures measures(int forks) {
    return new Measures(
        List.of(),
        new LatencyMeasure(null, null, 1, 0, forks, 1, 1),
        true,
        true,
        false,
        false,
        false,
        true);
  }

  private void run(Instant start, Measures measures, int seconds) {
    RunDirectory run = new ReportsDirectory(directory).begin("s", start);
    List<Cell> cells = List.of(new Cell("aa", "m/r/t", Role.RUN));
    run.journal().append(new RunStarted(start, run.id(), "s", "s.yaml", cells, "0.1.0", null));
    run.journal().append(new CellStarted(start, "aa"));
    run.journal().append(new CellFinished(start.plusSeconds(seconds), "aa", Status.SUCCEEDED));
    new WorkerRequest(
            "m",
            null,
            "r.yaml",
            "key",
            new ArtifactOrigin("m", "r", "c", "s"),
            "cache",
            List.of(),
            List.of(),
            measures,
            Device.CPU,
            DType.FLOAT32,
            KernelInputs.NATIVE,
            2,
            "machine",
            "build",
            "r",
            "p")
        .write(run.logs("aa").resolve(WorkerRequest.FILE));
  }

  /** A run of other measures says nothing of how long these take. */
  @Test
  void theTimeOfTheSameMeasuresCounts() {
    run(START, measures(1), 10);
    run(START.plusSeconds(100), measures(1), 20);
    run(START.plusSeconds(200), measures(2), 180);

    PastTimes times = new PastTimes(new ReportsDirectory(directory), WorkerRequest::measures);

    assertThat(times.of("m/r/t", measures(1))).hasValue(20.0);
    assertThat(times.of("m/r/t", measures(2))).hasValue(180.0);
    assertThat(times.of("m/r/t", measures(3))).isEmpty();
    assertThat(times.of("m/r/u", measures(1))).isEmpty();
  }
}
