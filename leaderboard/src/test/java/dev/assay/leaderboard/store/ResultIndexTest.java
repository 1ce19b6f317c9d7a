package dev.assay.leaderboard.store;

import static dev.assay.leaderboard.ResultBuilder.measured;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Conditions;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultIndexTest {
  private static final Interval INTERVAL = new Interval(0.9, 1.1, 0.999, "Student t");

  private static final ResultJson JSON = new ResultJson();

  private final Path directory;

  private final Path runs;

  private final Path database;

  ResultIndexTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    runs = Files.createDirectory(directory.resolve("reports"));
    database = directory.resolve("index");
  }

  private Path write(Result result) throws IOException {
    Path file = runs.resolve(result.run()).resolve("results").resolve(result.cell().id() + ".json");
    Files.createDirectories(file.getParent());
    new ResultJson().write(file, result);
    return file;
  }

  private void writeThreeRuns() throws IOException {
    write(
        ResultBuilder.of("gptq")
            .run("a")
            .finishedAt("2026-11-21T10:00:00Z")
            .with(measured("timePerOutputToken", 1.0, INTERVAL, 0.9, 1.1))
            .with(Measurement.computed("sizeOnDisk", 10, "B", Direction.LOWER_IS_BETTER, "sum"))
            .build());
    write(
        ResultBuilder.of("gptq")
            .run("b")
            .finishedAt("2026-11-22T10:00:00.000000001Z")
            .with(
                measured("timePerOutputToken", 2.0, null, 3.0, 2.0, 1.0)
                    .taken("a hog", new Conditions(0.83, 0.92, null, 0.7, null, 3)))
            .build());
    write(
        ResultBuilder.of("awq")
            .run("b")
            .finishedAt("2026-11-22T11:00:00Z")
            .failed("compress", "a weight is not finite")
            .with(
                Measurement.unsupported(
                    "energyPerToken",
                    ResultBuilder.window("8"),
                    "J/token",
                    Direction.LOWER_IS_BETTER,
                    "no meter"))
            .build());
  }

  /** Every answer that the index can give on the three runs. */
  private static List<Object> answers(ResultIndex index) {
    return List.of(
        index.latest(),
        index.latest("cell-gptq"),
        index.series("series-gptq", "machine-1"),
        index.history("series-gptq", "machine-1", "timePerOutputToken"),
        index.history("series-awq", "machine-1", "energyPerToken"),
        index.history("series-gptq", "machine-1", "sizeOnDisk"));
  }

  @Test
  void answersFromResultFiles() throws IOException {
    writeThreeRuns();
    try (ResultIndex index = ResultIndex.open(database)) {
      assertThat(index.rebuild(runs, JSON::read)).isEqualTo(new RebuildReport(3, List.of()));

      assertThat(index.latest())
          .extracting(IndexedCell::recipe, IndexedCell::run, IndexedCell::failure)
          .containsExactly(tuple("awq", "b", "a weight is not finite"), tuple("gptq", "b", null));
      assertThat(index.latest("unknown")).isEmpty();
      assertThat(index.history("series-gptq", "machine-1", "timePerOutputToken"))
          .extracting(IndexedMeasurement::measurement)
          .containsExactly(
              measured("timePerOutputToken", 1.0, INTERVAL, 0.9, 1.1),
              measured("timePerOutputToken", 2.0, null, 3.0, 2.0, 1.0)
                  .taken("a hog", new Conditions(0.83, 0.92, null, 0.7, null, 3)));
      assertThat(index.history("series-awq", "machine-1", "energyPerToken")).hasSize(1);
    }
  }

  /** None takes the place of the other, whichever finished last. */
  @Test
  void keepsTheResultsOfTwoMachinesApart() throws IOException {
    writeThreeRuns();
    write(
        ResultBuilder.of("gptq")
            .run("c")
            .machine("machine-2")
            .finishedAt("2026-11-23T10:00:00Z")
            .with(measured("timePerOutputToken", 9.0, null, 9.0))
            .build());
    try (ResultIndex index = ResultIndex.open(database)) {
      index.rebuild(runs, JSON::read);

      assertThat(index.latest("cell-gptq"))
          .extracting(IndexedCell::machine, IndexedCell::run)
          .containsExactly(tuple("machine-2", "c"), tuple("machine-1", "b"));
      assertThat(index.latest()).hasSize(3);
      assertThat(index.history("series-gptq", "machine-1", "timePerOutputToken"))
          .extracting(figure -> figure.measurement().value())
          .containsExactly(1.0, 2.0);
      assertThat(index.history("series-gptq", "machine-2", "timePerOutputToken")).hasSize(1);
    }
  }

  @Test
  void joinsTheBuildsOfASeries() throws IOException {
    writeThreeRuns();
    write(
        ResultBuilder.of("gptq")
            .run("c")
            .build("build-2")
            .finishedAt("2026-11-23T10:00:00Z")
            .with(measured("timePerOutputToken", 3.0, null, 3.0))
            .build());
    write(ResultBuilder.of("gptq").run("d").older().build());
    try (ResultIndex index = ResultIndex.open(database)) {
      index.rebuild(runs, JSON::read);

      assertThat(index.series("series-gptq", "machine-1"))
          .extracting(IndexedCell::run, IndexedCell::cellId, IndexedCell::build)
          .containsExactly(
              tuple("a", "cell-gptq", "build-1"),
              tuple("b", "cell-gptq", "build-1"),
              tuple("c", "cell-gptq-build-2", "build-2"));
      assertThat(index.history("series-gptq", "machine-1", "timePerOutputToken"))
          .extracting(figure -> figure.measurement().value())
          .containsExactly(1.0, 2.0, 3.0);
      assertThat(index.latest())
          .filteredOn(cell -> cell.run().equals("d"))
          .singleElement()
          .returns(null, IndexedCell::series)
          .returns(null, IndexedCell::build)
          .satisfies(cell -> assertThat(cell.machine()).matches("[0-9a-f]{12}"));
    }
  }

  @Test
  void holdsEverythingThatCanBeAskedOfACell() throws IOException {
    writeThreeRuns();
    try (ResultIndex index = ResultIndex.open(database)) {
      index.rebuild(runs, JSON::read);
      IndexedCell cell = index.latest("cell-gptq").get(0);
      Result result = new ResultJson().read(cell.file());
      assertThat(cell)
          .isEqualTo(
              new IndexedCell(
                  "b",
                  "cell-gptq",
                  "machine-1",
                  "series-gptq",
                  "build-1",
                  "quick",
                  "ref-7m",
                  "gptq",
                  "cpu",
                  false,
                  result.status(),
                  null,
                  result.startedAt(),
                  result.finishedAt(),
                  runs.resolve("b/results/cell-gptq.json").toAbsolutePath()));
    }
  }

  @Test
  void answersAlikeWhenDeletedAndRebuilt() throws IOException {
    writeThreeRuns();
    List<Object> before;
    try (ResultIndex index = ResultIndex.open(database)) {
      index.rebuild(runs, JSON::read);
      before = answers(index);
    }
    try (Stream<Path> files = Files.list(database)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    try (ResultIndex index = ResultIndex.open(database)) {
      assertThat(index.latest()).isEmpty();
      index.rebuild(runs, JSON::read);
      assertThat(answers(index)).isEqualTo(before);
    }
  }

  @Test
  void answersAlikeWhenBuiltOneByOne() throws IOException {
    writeThreeRuns();
    ResultJson json = new ResultJson();
    List<Object> rebuilt;
    try (ResultIndex index = ResultIndex.open(database)) {
      index.rebuild(runs, JSON::read);
      rebuilt = answers(index);
    }
    try (ResultIndex index = ResultIndex.open(directory.resolve("other"))) {
      for (String file :
          List.of("b/results/cell-awq", "b/results/cell-gptq", "a/results/cell-gptq")) {
        Path path = runs.resolve(file + ".json");
        index.add(json.read(path), path);
        index.add(json.read(path), path);
      }
      assertThat(answers(index)).isEqualTo(rebuilt);
    }
  }

  @Test
  void survivesReopening() throws IOException {
    writeThreeRuns();
    List<Object> before;
    try (ResultIndex index = ResultIndex.open(database)) {
      index.rebuild(runs, JSON::read);
      before = answers(index);
    }
    try (ResultIndex index = ResultIndex.open(database)) {
      assertThat(answers(index)).isEqualTo(before);
    }
  }

  @Test
  void reportsFilesThatAreNoResultsAndIndexesTheRest() throws IOException {
    Path good = write(ResultBuilder.of("gptq").build());
    Path broken = good.resolveSibling("broken.json");
    Files.writeString(broken, "{\"schemaVersion\": 1, \"run\":");
    Files.writeString(good.resolveSibling("half.json.tmp"), "{");
    Files.writeString(runs.resolve("suite.json"), "{}");
    try (ResultIndex index = ResultIndex.open(database)) {
      RebuildReport report = index.rebuild(runs, JSON::read);
      assertThat(report.indexed()).isEqualTo(1);
      assertThat(report.rejected())
          .singleElement()
          .satisfies(
              rejected -> {
                assertThat(rejected.file()).isEqualTo(broken);
                assertThat(rejected.cause()).contains(broken.toString());
              });
      assertThat(index.latest()).hasSize(1);
    }
  }

  @Test
  void reportsTheSecondOfTwoFilesForOneCellOfOneRun() throws IOException {
    Path first = write(ResultBuilder.of("gptq").build());
    Path copy = Files.copy(first, first.resolveSibling("copy.json"));
    try (ResultIndex index = ResultIndex.open(database)) {
      RebuildReport report = index.rebuild(runs, JSON::read);
      assertThat(report.rejected())
          .singleElement()
          .satisfies(
              rejected -> assertThat(rejected.cause()).contains(first.toString(), copy.toString()));
    }
  }

  @Test
  void followsAFileThatWasMoved() throws IOException {
    Result result = ResultBuilder.of("gptq").build();
    Path first = write(result);
    try (ResultIndex index = ResultIndex.open(database)) {
      index.add(result, first);
      Path moved = Files.move(first, first.resolveSibling("moved.json"));
      index.add(result, moved);
      assertThat(index.latest()).singleElement().returns(moved.toAbsolutePath(), IndexedCell::file);
    }
  }

  @Test
  void refusesARunOfTwoSuites() throws IOException {
    try (ResultIndex index = ResultIndex.open(database)) {
      index.add(ResultBuilder.of("gptq").build(), Path.of("one.json"));
      assertThatThrownBy(
              () ->
                  index.add(ResultBuilder.of("awq").suite("nightly").build(), Path.of("two.json")))
          .isInstanceOf(IndexException.class)
          .hasMessageContainingAll("two.json", "quick", "nightly");
      assertThat(index.latest()).hasSize(1);
    }
  }

  @Test
  void keepsItsContentWhereTheRunsCannotBeListed() throws IOException {
    writeThreeRuns();
    try (ResultIndex index = ResultIndex.open(database)) {
      index.rebuild(runs, JSON::read);
      List<Object> before = answers(index);
      assertThatThrownBy(() -> index.rebuild(directory.resolve("nowhere"), JSON::read))
          .isInstanceOf(IOException.class)
          .hasMessage(directory.resolve("nowhere") + ": no such directory");
      assertThat(answers(index)).isEqualTo(before);
    }
  }
}
