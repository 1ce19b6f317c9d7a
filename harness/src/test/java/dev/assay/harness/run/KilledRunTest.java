package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.harness.run.journal.JournalEntry;
import dev.assay.harness.run.journal.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is ended by SIGKILL loses at most the cell in work. */
@Tag("slow")
class KilledRunTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path directory;

  @Test
  void goesOnWhereItWas() throws Exception {
    TestBench bench = new TestBench(directory);
    Path suite =
        bench.suite(
            "killed",
            List.of(TestBench.model("ref-7m")),
            List.of("fp32", "rtn-w4-g128", "wanda-50"));
    Process run =
        bench.start(bench.here("run", suite.toString(), "--no-site", "--progress", "plain"));
    waitUntil(
        run, () -> cellsBegun(bench) == 3 && Files.exists(bench.cache().resolve("artifacts")));

    // What kill -9 does; the processes that the run has forked are not told.
    run.destroyForcibly().waitFor();

    RunDirectory broken = bench.reports().last("killed").orElseThrow();
    assertThat(broken.finished()).isFalse();
    Map<Path, byte[]> kept = files(broken.path().resolve("results"));
    assertThat(kept).hasSize(2);
    waitUntil(run, () -> workers().isEmpty());
    Path made = artifact(bench);
    byte[] report = Files.readAllBytes(made.resolve("compression.json"));

    Spoken second =
        TestBench.say(bench.here("run", suite.toString(), "--no-site", "--progress", "plain"));

    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(second.err())
        .contains("goes on: 3 cells, 1 to run")
        .contains("rtn-w4-g128/cpu: result is there");
    RunDirectory finished = bench.reports().last("killed").orElseThrow();
    assertThat(finished.id()).isEqualTo(broken.id());
    assertThat(finished.finished()).isTrue();
    assertThat(finished.results()).hasSize(3);
    assertThat(files(finished.path().resolve("results"))).containsAllEntriesOf(kept);
    assertThat(Files.readAllBytes(made.resolve("compression.json"))).isEqualTo(report);
  }

  private static long cellsBegun(TestBench bench) {
    return bench
        .reports()
        .last("killed")
        .map(
            run ->
                run.journal().entries().stream()
                    .filter(JournalEntry.CellStarted.class::isInstance)
                    .count())
        .orElse(0L);
  }

  /** Processes of workers that this test, or the run that it killed, has left. */
  private List<ProcessHandle> workers() {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process
                    .info()
                    .commandLine()
                    .filter(
                        line -> line.contains("WorkerMain") && line.contains(directory.toString()))
                    .isPresent())
        .toList();
  }

  private static Path artifact(TestBench bench) throws IOException {
    try (Stream<Path> artifacts = Files.list(bench.cache().resolve("artifacts"))) {
      return artifacts
          .filter(path -> Files.exists(path.resolve("compression.json")))
          .findFirst()
          .orElseThrow();
    }
  }

  private static Map<Path, byte[]> files(Path directory) throws IOException {
    Map<Path, byte[]> content = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        content.put(file, Files.readAllBytes(file));
      }
    }
    return content;
  }

  private static void waitUntil(Process process, BooleanSupplier condition)
      throws InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as("waited long enough; alive: " + process.isAlive()).isBefore(end);
      Thread.sleep(20);
    }
  }
}
