package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.result.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of models that a usual length, or a text without BOS, is not made for. */
@Tag("slow")
class ShortContextRunTest {
  @TempDir Path directory;
  private TestBench bench;

  @BeforeEach
  void makeBench() throws IOException {
    bench = new TestBench(directory);
  }

  private Result run(Path suite) throws IOException {
    Spoken spoken =
        TestBench.say(bench.here("run", suite.toString(), "--no-site", "--progress", "PLAIN"));
    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    assertThat(spoken.err()).doesNotContain("Exception");
    Path results = bench.reports().last("tight").orElseThrow().path().resolve("results");
    try (Stream<Path> files = Files.list(results)) {
      Result result = new ResultJson().read(files.findFirst().orElseThrow());
      assertThat(result.status()).isEqualTo(Status.SUCCEEDED);
      return result;
    }
  }

  private Path suite(Path model, String measures) throws IOException {
    Path suite = bench.suite("tight", List.of(model), List.of("fp32"));
    String text = Files.readString(suite);
    return Files.writeString(suite, text.substring(0, text.indexOf("measures:")) + measures);
  }

  private static Measurement of(Result result, String metric) {
    return result.measurements().stream()
        .filter(each -> each.metric().equals(metric))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void memoryIsTakenAtALengthThatFits() throws IOException {
    Path model = ModelCopies.withContext(directory.resolve("m"), 128);

    Result result =
        run(suite(model, "measures: {energy: false, roofline: false, perplexity: []}\n"));

    Measurement memory = of(result, Metrics.PEAK_RESIDENT_MEMORY);
    assertThat(memory.provenance()).isEqualTo(Provenance.MEASURED);
    assertThat(memory.protocol().settings())
        .containsEntry("promptLength", "64")
        .containsEntry("decodeLength", "65");
    assertThat(of(result, Metrics.FLOPS_PER_TOKEN_PREFILL).protocol().settings())
        .containsEntry("promptLength", "64");
  }

  @Test
  void withoutRoomForTwoTokensNothingIsGenerated() throws IOException {
    Path model = ModelCopies.withContext(directory.resolve("m"), 1);

    Result result =
        run(suite(model, "measures: {energy: false, roofline: false, perplexity: []}\n"));

    Measurement memory = of(result, Metrics.PEAK_RESIDENT_MEMORY);
    assertThat(memory.provenance()).isEqualTo(Provenance.UNSUPPORTED);
    assertThat(memory.note()).contains("a context of 1");
    assertThat(of(result, Metrics.BITS_PER_WEIGHT).value()).isEqualTo(16);
  }

  @Test
  void everyWindowBeginsWithBosAndTheFirstIsThatOfTheWholeText() throws IOException {
    Path model = ModelCopies.withBos(directory.resolve("m"));

    Result result =
        run(
            suite(
                model,
                """
                measures:
                  memory: false
                  energy: false
                  roofline: false
                  perplexity:
                    - {dataset: europarl-en, window: 64, maxWindows: 1, bos: first}
                    - {dataset: europarl-en, window: 64, maxWindows: 3, bos: every}
                    - {dataset: europarl-en, window: 64, maxWindows: 3}
                """));

    List<Measurement> found =
        result.measurements().stream()
            .filter(each -> each.metric().equals(Metrics.PERPLEXITY))
            .toList();
    assertThat(found.get(1).samples()).hasSize(3);
    assertThat(found.get(1).samples().get(0)).isEqualTo(found.get(0).samples().get(0));
    assertThat(found.get(1).protocol().settings())
        .containsEntry("bos", "every")
        .containsEntry("window", "64")
        .containsEntry("stride", "63");
    assertThat(result.environment().warnings())
        .filteredOn(warning -> warning.contains("puts a BOS"))
        .singleElement()
        .asString()
        .contains("window 64, no window begins with one");
  }
}
