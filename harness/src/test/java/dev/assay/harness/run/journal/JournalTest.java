package dev.assay.harness.run.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.config.BadInputException;
import dev.assay.harness.run.journal.JournalEntry.Cell;
import dev.assay.harness.run.journal.JournalEntry.CellFinished;
import dev.assay.harness.run.journal.JournalEntry.CellStarted;
import dev.assay.harness.run.journal.JournalEntry.Role;
import dev.assay.harness.run.journal.JournalEntry.RunFinished;
import dev.assay.harness.run.journal.JournalEntry.RunResumed;
import dev.assay.harness.run.journal.JournalEntry.RunStarted;
import dev.assay.leaderboard.result.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:00:00Z");
  private static final List<Cell> CELLS =
      List.of(new Cell("aa", "m/r/t", Role.RUN), new Cell("bb", "m/q/t", Role.LEFT_OUT));

  @TempDir Path directory;

  private final List<JournalEntry> all =
      List.of(
          new RunStarted(NOW, "run", "quick", "suites/quick.yaml", CELLS, "0.1.0", "here"),
          new CellStarted(NOW, "aa"),
          new CellFinished(NOW, "aa", Status.FAILED),
          new RunResumed(NOW, CELLS),
          new RunFinished(NOW));

  @Test
  void readsWhatItWrote() {
    Journal journal = new Journal(directory.resolve("journal.jsonl"));
    assertThat(journal.entries()).isEmpty();

    all.forEach(journal::append);

    assertThat(journal.entries()).isEqualTo(all);
  }

  @Test
  void halfALineIsPassedOverAndWrittenPast() throws IOException {
    Path file = directory.resolve("journal.jsonl");
    Journal journal = new Journal(file);
    journal.append(all.get(0));
    Files.writeString(file, "{\"event\":\"cellFin", StandardOpenOption.APPEND);
    assertThat(journal.entries()).containsExactly(all.get(0));

    journal.append(all.get(1));

    assertThat(journal.entries()).containsExactly(all.get(0), all.get(1));
  }

  @Test
  void linesThatAreNoEntriesArePassedOver() throws IOException {
    Path file = directory.resolve("journal.jsonl");
    Journal journal = new Journal(file);
    journal.append(all.get(0));
    Files.write(file, new byte[] {'{', (byte) 0xff, (byte) 0xc3, '\n'}, StandardOpenOption.APPEND);
    for (String line : List.of("null", "[]", "{\"event\":\"runStarted\",\"cells\":[]}", "")) {
      Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
    }
    journal.append(all.get(1));

    assertThat(journal.entries()).containsExactly(all.get(0), all.get(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no journal at all\n", "{\"event\":\"runFini", "\u0000\u0000"})
  void aRunWithoutAStartIsLeftOut(String content) throws IOException {
    ReportsDirectory reports = new ReportsDirectory(directory);
    RunDirectory good = reports.begin("quick", NOW);
    good.journal().append(all.get(0));
    Files.writeString(reports.begin("quick", NOW).journal().file(), content);

    assertThat(reports.runs()).containsExactly(good);
    assertThat(reports.last("quick")).contains(good);
  }

  @Test
  void aRunKnowsItsCellsAndResults() throws IOException {
    RunDirectory run = new ReportsDirectory(directory).begin("quick", NOW);
    assertThat(run.id()).isEqualTo("quick-20261125-200000");
    all.subList(0, 3).forEach(run.journal()::append);
    assertThat(run.results()).as("the file is what counts").isEmpty();
    Files.writeString(run.result("aa"), "{}");

    assertThat(run.results()).isEqualTo(Map.of("aa", Status.FAILED));
    assertThat(run.cells()).isEqualTo(CELLS);
    assertThat(run.finished()).isFalse();
    run.journal().append(all.get(4));
    assertThat(run.finished()).isTrue();
  }

  @Test
  void theLastRunOfASuiteIsFound() {
    ReportsDirectory reports = new ReportsDirectory(directory);
    for (int hour = 0; hour < 3; hour++) {
      for (String suite : List.of("quick", "nightly")) {
        Instant at = NOW.plusSeconds(3600L * hour);
        RunDirectory run = reports.begin(suite, at);
        run.journal().append(new RunStarted(at, run.id(), suite, "f", CELLS, "0.1.0", null));
      }
    }

    assertThat(reports.last("quick").orElseThrow().id()).isEqualTo("quick-20261125-220000");
    assertThat(reports.last("other")).isEmpty();
    assertThat(reports.begin("quick", NOW).id()).isEqualTo("quick-20261125-200000-2");
  }

  @Test
  void oneProcessAtATimeWorksOnARun() {
    RunDirectory run = new ReportsDirectory(directory).begin("quick", NOW);
    try (RunLock first = RunLock.of(run)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> RunLock.of(run))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("another process is at work on this run");
    }
    RunLock.of(run).close();
  }
}
