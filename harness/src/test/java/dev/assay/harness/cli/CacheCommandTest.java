package dev.assay.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.harness.build.AssayBuild;
import dev.assay.harness.cache.CacheUse;
import dev.assay.harness.run.TestBench;
import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.harness.run.artifact.ArtifactCache;
import dev.assay.harness.run.artifact.ArtifactOrigin;
import dev.assay.harness.run.artifact.CompressionReport;
import dev.assay.leaderboard.file.FileMutex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.file.PathUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheCommandTest {
  private static final String CURRENT = "a".repeat(32);
  private static final String OTHER_CODE = "b".repeat(32);
  private static final String OLDER = "c".repeat(32);
  private static final String UNFINISHED = "d".repeat(32);

  @TempDir Path cache;

  @BeforeEach
  void fill() throws IOException {
    artifact(
        CURRENT, new ArtifactOrigin("ref-7m", "gptq", AssayBuild.current().compression(), "s"));
    artifact(OTHER_CODE, new ArtifactOrigin("ref-7m", "awq", "0ther", "s"));
    artifact(OLDER, null);
    Files.createDirectories(artifacts().resolve(UNFINISHED).resolve("checkpoint"));
    Path synthetic = Files.createDirectories(cache.resolve("synthetic").resolve("e".repeat(32)));
    Files.copy(TestBench.model("ref-7m").resolve("config.json"), synthetic.resolve("config.json"));
    Files.createDirectories(
        cache.resolve("synthetic").resolve("." + "f".repeat(32) + ".partial-1"));
    Path datasets = Files.createDirectories(cache.resolve("datasets"));
    Files.writeString(datasets.resolve("wiki.test.raw"), "text");
    Files.writeString(datasets.resolve("wiki.1.part"), "te");
    Path old = Files.writeString(datasets.resolve("wiki.2.part"), "t");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    Files.writeString(Files.createDirectories(cache.resolve("mine")).resolve("notes"), "mine");
  }

  private Path artifacts() {
    return cache.resolve("artifacts");
  }

  private void artifact(String key, @Nullable ArtifactOrigin origin) {
    new ArtifactCache(artifacts())
        .get(
            key,
            Optional::of,
            target -> {
              try {
                PathUtils.copyDirectory(TestBench.model("ref-7m"), target);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              return new CompressionReport(
                  origin,
                  Checkpoint.open(target).sha256(),
                  1,
                  null,
                  null,
                  null,
                  List.of(),
                  null,
                  null,
                  null);
            });
  }

  private Spoken say(String... arguments) {
    List<String> all = new ArrayList<>(List.of("cache"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--cache", cache.toString()));
    return TestBench.say(all);
  }

  private static String lineOf(String output, String key) {
    return output.lines().filter(line -> line.contains(key)).findFirst().orElse("");
  }

  @Test
  void listsWhatThereIsAndWhetherItIsOfUse() {
    Spoken listed = say("list");

    assertThat(listed.exitCode()).as(listed.err()).isZero();
    assertThat(lineOf(listed.out(), CURRENT)).contains("artifact", "ref-7m, gptq", "MB", "usable");
    assertThat(lineOf(listed.out(), OTHER_CODE))
        .contains("ref-7m, awq", "stale: compressed by code 0ther, this is ");
    assertThat(lineOf(listed.out(), OLDER)).contains("stale: of an older build");
    assertThat(lineOf(listed.out(), UNFINISHED)).contains("stale: unfinished");
    assertThat(lineOf(listed.out(), "e".repeat(32))).contains("synthetic", "llama", "usable");
    assertThat(lineOf(listed.out(), "f".repeat(32))).contains("stale: unfinished");
    assertThat(lineOf(listed.out(), "wiki.test.raw")).contains("dataset", "4 B", "usable");
    assertThat(lineOf(listed.out(), "wiki.1.part")).contains("usable");
    assertThat(lineOf(listed.out(), "wiki.2.part"))
        .contains("stale: a download broken off", "2 days");
    assertThat(lineOf(listed.out(), "mine")).contains("foreign");
    assertThat(listed.out()).contains("5 entries of ", " stale, see 'assay cache prune'");
  }

  @Test
  void programsGetBytesAndTimes() {
    String csv = say("list", "--format", "csv").out();

    assertThat(csv).startsWith("kind,what,bytes,changed,state,path\n");
    assertThat(lineOf(csv, "wiki.test.raw"))
        .matches("dataset,wiki.test.raw,4,\"?20[-0-9T:.]+Z\"?,usable,datasets/wiki.test.raw");
  }

  @Test
  void aDryRunDeletesNothing() {
    Spoken dry = say("prune", "--dry-run");

    assertThat(dry.exitCode()).isZero();
    assertThat(dry.out().lines()).hasSize(5).allMatch(line -> line.contains("would be deleted"));
    assertThat(artifacts().resolve(OLDER)).exists();
  }

  @Test
  void withoutForceNothingIsDeleted() {
    Spoken refused = say("prune");

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith("assay: " + cache + ": found 5 entries of ")
        .contains("nothing was deleted", "--dry-run", "--force");
    assertThat(artifacts().resolve(OLDER)).exists();
  }

  @Test
  void forceDeletesWhatIsStaleAndNothingElse() {
    Spoken pruned = say("prune", "--force");

    assertThat(pruned.exitCode()).as(pruned.err()).isZero();
    for (String gone : List.of(OTHER_CODE, OLDER, UNFINISHED)) {
      assertThat(artifacts().resolve(gone)).doesNotExist();
      assertThat(lineOf(pruned.out(), gone)).contains(": deleted: ");
    }
    assertThat(cache.resolve("synthetic").resolve("." + "f".repeat(32) + ".partial-1"))
        .doesNotExist();
    assertThat(cache.resolve("datasets/wiki.2.part")).doesNotExist();
    assertThat(new ArtifactCache(artifacts()).find(CURRENT)).isPresent();
    assertThat(cache.resolve("synthetic").resolve("e".repeat(32))).exists();
    assertThat(cache.resolve("datasets/wiki.1.part")).exists();
    assertThat(cache.resolve("datasets/wiki.test.raw")).exists();
    assertThat(cache.resolve("mine/notes")).exists();
    assertThat(say("prune").out()).isEqualTo("nothing is stale in " + cache + "\n");
  }

  /** One that a cell is measured from, and one that is being made. */
  @Test
  void whatIsInUseIsKept() throws IOException {
    try (CacheUse reading = CacheUse.of(artifacts(), OLDER);
        FileMutex making = FileMutex.of(new ArtifactCache(artifacts()).lock(UNFINISHED))) {
      assertThat(lineOf(say("prune", "--dry-run").out(), OLDER)).contains("in use, kept");
      Spoken pruned = say("prune", "--force");

      assertThat(pruned.exitCode()).isZero();
      assertThat(lineOf(pruned.out(), OLDER)).contains("in use, kept");
      assertThat(lineOf(pruned.out(), UNFINISHED)).contains("in use, kept");
      assertThat(artifacts().resolve(OLDER)).exists();
      assertThat(artifacts().resolve(UNFINISHED)).exists();
      assertThat(artifacts().resolve(OTHER_CODE)).doesNotExist();
    }
    say("prune", "--force");
    assertThat(artifacts().resolve(OLDER)).doesNotExist();
    assertThat(artifacts().resolve(UNFINISHED)).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sweep", "prune --dry-run --force", "list --size", "prune extra"})
  void badUsageEndsWithTwo(String arguments) {
    List<String> all = new ArrayList<>(List.of("cache"));
    all.addAll(List.of(arguments.split(" ")));
    all.removeIf(String::isEmpty);

    Spoken spoken = TestBench.say(all);

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err()).isNotBlank();
  }

  @Test
  void anEmptyCacheIsNoFault(@TempDir Path empty) {
    Path absent = empty.resolve("absent");

    Spoken listed = TestBench.say(List.of("cache", "list", "--cache", absent.toString()));

    assertThat(listed.exitCode()).as(listed.err()).isZero();
    assertThat(listed.out()).contains("nothing is stale");
    assertThat(absent).doesNotExist();
  }
}
