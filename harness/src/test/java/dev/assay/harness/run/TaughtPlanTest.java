package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.harness.run.TestBench.Spoken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Suites of recipes that name a teacher. */
class TaughtPlanTest {
  @TempDir Path directory;

  private TestBench bench(String parameters) throws IOException {
    TestBench bench = new TestBench(directory);
    Files.writeString(
        bench.recipe("taught"),
        "name: taught\nsummary: by another\nstages:\n  - distill: {%s}\n".formatted(parameters));
    return bench;
  }

  private static Spoken plan(TestBench bench) throws IOException {
    Path suite =
        bench.suite("teaching", List.of(TestBench.model("ref-7m")), List.of("fp32", "taught"));
    return TestBench.say(bench.here("plan", suite.toString()));
  }

  /** Hashes of large models are taken once, not whenever a recipe is read. */
  @Test
  void theTeachersHashIsKeptAsThatOfTheModel() throws IOException {
    TestBench bench = bench("teachers: ['%s']".formatted(TestBench.model("ref-22m")));
    Spoken spoken = plan(bench);
    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    String teacher = Checkpoint.open(TestBench.model("ref-22m")).sha256();
    String model = Checkpoint.open(TestBench.model("ref-7m")).sha256();
    try (Stream<Path> kept = Files.list(bench.cache().resolve("fingerprints"))) {
      List<String> texts = kept.map(TaughtPlanTest::text).toList();
      assertThat(texts).anyMatch(text -> text.contains(teacher));
      assertThat(texts).anyMatch(text -> text.contains(model));
    }
  }

  @Test
  void anotherTeacherThanWasMeantIsToldBeforeAnythingRuns() throws IOException {
    Spoken spoken =
        plan(bench("teachers: [{model: '%s', sha256: abc}]".formatted(TestBench.model("ref-22m"))));
    assertThat(spoken.exitCode()).isNotZero();
    assertThat(spoken.err()).contains("recipe taught: sha256: found").contains("expected abc");
  }

  @Test
  void whatCannotBeComparedIsToldBeforeAnythingRuns() throws IOException {
    Spoken spoken =
        plan(bench("teachers: ['%s'], loss: [patience]".formatted(TestBench.model("ref-22m"))));
    assertThat(spoken.exitCode()).isNotZero();
    assertThat(spoken.err()).contains("patience: found a width of");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
