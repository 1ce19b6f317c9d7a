package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.harness.run.journal.JournalEntry;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.result.StageTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  private static final int STEPS = 40;

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

  /** Both the run and the process that trains; the other run is not disturbed. */
  @Test
  void trainingGoesOnToTheLastBit() throws Exception {
    TestBench broken = new TestBench(directory.resolve("broken"));
    Path suite = training(broken);
    Process run = broken.start(broken.here("run", suite.toString(), "--no-site"));
    waitUntil(run, () -> saved(broken));

    run.destroyForcibly();
    workers().forEach(ProcessHandle::destroyForcibly);
    run.waitFor();
    waitUntil(run, () -> workers().isEmpty());
    assertThat(saved(broken)).as("killed in the middle of training").isTrue();

    TestBench whole = new TestBench(directory.resolve("whole"));
    Result expected = trained(whole, training(whole));
    Result found = trained(broken, suite);

    StageTraining training = learned(found);
    assertThat(training.losses()).hasSize(STEPS).isEqualTo(learned(expected).losses());
    assertThat(training.looks()).isEqualTo(learned(expected).looks());
    assertThat(training.tokens()).isEqualTo(learned(expected).tokens());
    assertThat(found.measurements().stream().filter(each -> each.metric().equals("perplexity")))
        .extracting(Measurement::value)
        .containsExactlyElementsOf(
            expected.measurements().stream()
                .filter(each -> each.metric().equals("perplexity"))
                .map(Measurement::value)
                .toList());
  }

  private static Path training(TestBench bench) throws IOException {
    Files.writeString(
        bench.recipe("trained"),
        """
        name: trained
        summary: a text learned, with saves on the way
        stages:
          - finetune:
              data: {dataset: europarl-en, length: 64, windows: 64}
              training:
                steps: %d
                batch: 4
                saveEvery: 3
                evaluation: {every: 10, windows: 4}
        """
            .formatted(STEPS));
    return bench.suite("killed", List.of(TestBench.model("ref-7m")), List.of("trained"));
  }

  private static boolean saved(TestBench bench) {
    try (Stream<Path> artifacts = Files.list(bench.cache().resolve("artifacts"))) {
      return artifacts.anyMatch(
          each -> Files.exists(each.resolve(".checkpoint-working/training-0/training.json")));
    } catch (IOException e) {
      return false;
    }
  }

  private static Result trained(TestBench bench, Path suite) throws IOException {
    Spoken spoken = TestBench.say(bench.here("run", suite.toString(), "--no-site"));
    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    RunDirectory finished = bench.reports().last("killed").orElseThrow();
    for (Path file : files(finished.path().resolve("results")).keySet()) {
      Result result = new ResultJson().read(file);
      if (result.cell().recipe().name().equals("trained")) {
        return result;
      }
    }
    throw new AssertionError("found no result of the cell that trains");
  }

  private static StageTraining learned(Result result) {
    return Objects.requireNonNull(
        Objects.requireNonNull(result.stages()).steps().get(0).training());
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
