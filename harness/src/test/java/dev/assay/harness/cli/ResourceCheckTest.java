package dev.assay.harness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.run.TestBench;
import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.harness.run.need.Capacity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine too small for a suite. */
class ResourceCheckTest {
  private static final Capacity AMPLE = new Capacity(64_000_000_000L, 500_000_000_000L);
  private static final Capacity LITTLE_MEMORY = new Capacity(100_000_000, AMPLE.disk());
  private static final Capacity LITTLE_DISK = new Capacity(AMPLE.memory(), 1_000_000);

  @TempDir Path directory;

  private TestBench bench;
  private String suite = "";

  @BeforeEach
  void open() throws IOException {
    bench = new TestBench(directory);
    suite =
        bench
            .suite("tight", List.of(TestBench.model("ref-7m")), List.of("fp32", "rtn-w4-g128"))
            .toString();
  }

  private Spoken say(Capacity there, String... arguments) {
    return TestBench.say(bench.here(arguments), cache -> there);
  }

  @Test
  void runRefusesBeforeAnythingBegins() {
    Spoken spoken = say(LITTLE_MEMORY, "run", suite);

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err().lines()).hasSize(1);
    assertThat(spoken.err())
        .startsWith("assay: cell ref-7m/fp32/cpu: needs about 3")
        .contains(" MB of memory (execution), 100 MB are available")
        .contains("1 other cell does not fit either", "--force");
    assertThat(bench.reports().path()).doesNotExist();
    assertThat(bench.cache().resolve("artifacts")).doesNotExist();
  }

  @Test
  void runRefusesWhatTheDiskCannotHold() {
    Spoken spoken = say(LITTLE_DISK, "run", suite);

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err())
        .startsWith("assay: cell ref-7m/rtn-w4-g128/cpu: needs about ")
        .contains(" MB of disk, cells before it included, 1.0 MB are free");
  }

  @Test
  void aCellThatFitsRunsAlone() {
    Spoken spoken = say(LITTLE_DISK, "run", suite, "--no-site", "--cell", "*/fp32/*");

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
  }

  @Test
  void forceRunsNevertheless() {
    Spoken spoken = say(LITTLE_MEMORY, "run", suite, "--no-site", "--force", "--cell", "*/fp32/*");

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(say(LITTLE_MEMORY, "run", suite, "--no-site").exitCode()).isEqualTo(2);
  }

  @Test
  void planSaysWhatWouldNotFit() {
    Spoken spoken = say(LITTLE_MEMORY, "plan", suite);

    assertThat(spoken.exitCode()).isEqualTo(2);
    assertThat(spoken.err()).isEqualTo(say(LITTLE_MEMORY, "run", suite).err());
    assertThat(spoken.err()).isEqualTo(say(LITTLE_MEMORY, "validate", suite).err());
    assertThat(spoken.out())
        .contains("memory", "disk", " MB, execution")
        .contains("Needs about ", "100 MB available", "500 GB free.")
        .contains("Would not fit: ref-7m/fp32/cpu: needs about ");
    assertThat(say(LITTLE_MEMORY, "plan", suite, "--force").exitCode()).isZero();
    assertThat(say(LITTLE_MEMORY, "validate", suite, "--force").exitCode()).isZero();
    assertThat(say(AMPLE, "plan", suite).out()).doesNotContain("Would not fit");
  }

  @Test
  void planSaysWhatCannotBeTold() throws IOException {
    Path config = Files.writeString(directory.resolve("odd.json"), "{\"model_type\": \"unheard\"}");
    Path odd =
        Files.writeString(
            bench.file("odd"),
            """
            name: odd
            summary: a test
            models: [{name: odd, synthetic: {config: '%s', seed: 3}}]
            recipes: [fp32]
            baseline: fp32
            measures: {memory: false}
            """
                .formatted(config));

    Spoken spoken = say(AMPLE, "plan", odd.toString());

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.out()).contains("unknown: ").contains("model_type: found 'unheard'");
  }
}
