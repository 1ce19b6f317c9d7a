package dev.assay.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.fixture.FakeHub;
import dev.assay.harness.run.TestBench;
import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.result.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line with a hub that has the reference model, in processes of their own. */
@Tag("slow")
class HubCommandTest {
  private static final long SIZE_OF_ALL = 14_194_858;

  @TempDir private Path directory;
  private TestBench bench;
  private FakeHub hub;

  @BeforeEach
  void start() throws IOException {
    bench = new TestBench(Files.createDirectory(directory.resolve("bench")));
    hub = FakeHub.of(TestBench.model("ref-7m"));
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private Path snapshot() {
    return directory.resolve("hf/models--owner--tiny/snapshots").resolve(FakeHub.COMMIT);
  }

  private Spoken say(boolean offline, String... arguments) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("HF_ENDPOINT", hub.address() + "/");
    environment.put("HF_HUB_CACHE", directory.resolve("hf").toString());
    environment.put("HF_HUB_OFFLINE", offline ? "1" : "0");
    return bench.sayElsewhere(List.of(arguments), environment);
  }

  private Path suite() throws IOException {
    Path written =
        bench.suite("on-hub", List.of(TestBench.model("ref-7m")), List.of("fp32", "rtn-w4-g128"));
    String text = Files.readString(written);
    return Files.writeString(
        written, text.replace("'" + TestBench.model("ref-7m") + "'", "'hub:owner/tiny@v1'"));
  }

  private String[] here(String... arguments) {
    return bench.here(arguments).toArray(String[]::new);
  }

  @Test
  void fetchPrintsTheDirectoryAndNothingElse() throws Exception {
    Spoken fetched = say(false, "fetch", "hub:owner/tiny");

    assertThat(fetched.exitCode()).as(fetched.err()).isZero();
    assertThat(fetched.out()).isEqualTo(snapshot() + System.lineSeparator());
    assertThat(fetched.err())
        .contains("download hub:owner/tiny@main begins: 5 files")
        .contains("  100 %, ")
        .contains("download hub:owner/tiny@main is done");
    try (Stream<Path> files = Files.list(snapshot())) {
      for (Path file : files.toList()) {
        assertThat(file)
            .hasSameBinaryContentAs(
                TestBench.model("ref-7m").resolve(file.getFileName().toString()));
      }
    }
  }

  @Test
  void fetchSaysWhatIsWrongInOneLine() throws Exception {
    Spoken unknown = say(false, "fetch", "hub:owner/tyni", "--progress", "none");

    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err().lines()).hasSize(1);
    assertThat(unknown.err()).startsWith("assay: hub:owner/tyni@main: there is no such repository");
    assertThat(TestBench.say(List.of("fetch", "owner/tiny")).err())
        .startsWith("assay: found 'owner/tiny', expected hub:owner/name");
  }

  @Test
  void validateAndPlanDownloadNothing() throws Exception {
    String suite = suite().toString();
    String expected =
        String.format("to download, %,d bytes, commit %s", SIZE_OF_ALL, FakeHub.COMMIT);

    Spoken valid = say(false, here("validate", suite));
    assertThat(valid.exitCode()).as(valid.err()).isZero();
    assertThat(valid.out()).contains("ok, 2 cells; tiny: " + expected);

    Spoken planned = say(false, here("plan", suite));
    assertThat(planned.exitCode()).as(planned.err()).isZero();
    assertThat(planned.out())
        .contains("tiny/fp32/cpu", "tiny/rtn-w4-g128/cpu", expected)
        .contains("2 cells, about 0 s to go, without the 2 that wait for their model.");

    Spoken offline = say(true, here("validate", suite));
    assertThat(offline.exitCode()).isZero();
    assertThat(offline.out()).contains("tiny: not in the cache; HF_HUB_OFFLINE is set");

    assertThat(hub.contentRequests()).isEmpty();
    assertThat(directory.resolve("hf")).doesNotExist();
  }

  @Test
  void whatTheDiskCannotHoldIsRefusedByAllVerbs() throws Exception {
    hub.claiming(1L << 48);
    String suite = suite().toString();

    Spoken run = say(false, here("run", suite));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).startsWith("assay: models to download: need ").contains("--force");
    for (String verb : List.of("validate", "plan")) {
      Spoken spoken = say(false, here(verb, suite));
      assertThat(spoken.exitCode()).as(verb).isEqualTo(2);
      assertThat(spoken.err().replaceAll("[0-9.]+ [A-Z]+ are free", ""))
          .isEqualTo(run.err().replaceAll("[0-9.]+ [A-Z]+ are free", ""));
      assertThat(say(false, here(verb, suite, "--force")).exitCode()).as(verb).isZero();
    }
    assertThat(hub.contentRequests()).isEmpty();
  }

  @Test
  void malformedReferencesAreErrorsOfTheSuite() throws Exception {
    Path suite = suite();
    Files.writeString(suite, Files.readString(suite).replace("hub:owner/tiny@v1", "hub:tiny"));

    Spoken spoken = TestBench.say(List.of("validate", suite.toString()));

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err())
        .contains(suite + ":4: models[0].path: found 'hub:tiny', expected hub:owner/name");
  }

  @Test
  void runsAModelOfTheHub() throws Exception {
    String suite = suite().toString();

    Spoken offline = say(true, here("run", suite, "--no-site"));
    assertThat(offline.exitCode()).isEqualTo(2);
    assertThat(offline.err()).contains("hub:owner/tiny@v1: found no copy in the cache");

    Spoken ran = say(false, here("run", suite, "--no-site"));
    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.err()).contains("download hub:owner/tiny@v1 begins", "run on-hub-");

    for (Result result : results()) {
      assertThat(result.status()).isEqualTo(Status.SUCCEEDED);
      assertThat(result.cell().model().name()).isEqualTo("tiny");
      assertThat(result.cell().model().source()).isEqualTo("hub:owner/tiny@v1");
      assertThat(result.cell().model().revision()).isEqualTo(FakeHub.COMMIT);
    }
    assertThat(results()).hasSize(2);
    hub.forget();

    Spoken planned = say(true, here("plan", suite));
    assertThat(planned.out()).contains("2 cells, about").doesNotContain("wait for");
    assertThat(hub.contentRequests()).isEmpty();
  }

  private List<Result> results() throws IOException {
    try (Stream<Path> files = Files.walk(bench.reports().path())) {
      return files
          .filter(file -> file.toString().contains("/results/") && Files.isRegularFile(file))
          .map(HubCommandTest::read)
          .toList();
    }
  }

  private static Result read(Path file) {
    try {
      return new ResultJson().read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
