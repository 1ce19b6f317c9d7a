package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.result.StageStep;
import dev.assay.leaderboard.stats.Comparison;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of a model with its whole vocabulary and with half of it. */
@Tag("slow")
class TrimmedRunTest {
  @TempDir Path directory;

  @Test
  void cellsOfTwoVocabulariesCompareInBitsPerByteAlone() throws IOException {
    TestBench bench = new TestBench(directory);
    Files.writeString(
        bench.recipe("trimmed"),
        """
        name: trimmed
        summary: half of the tokens, then half of the weights
        stages:
          - trim-vocabulary: {keep: 4096}
          - wanda: {sparsity: 0.5}
        """);
    Path suite =
        bench.suite("vocabularies", List.of(TestBench.model("ref-7m")), List.of("fp32", "trimmed"));

    Spoken spoken = TestBench.say(bench.here("run", suite.toString()));

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    List<Result> results = results(bench);
    Result whole = of(results, "fp32");
    Result trimmed = of(results, "trimmed");
    assertThat(metric(whole, Metrics.PERPLEXITY).protocol().settings())
        .doesNotContainKey("vocabulary");
    assertThat(metric(trimmed, Metrics.PERPLEXITY).protocol().settings().get("vocabulary"))
        .startsWith("trimmed to 4096 of 8192 tokens, sha256 ");
    Measurement before = metric(whole, Metrics.BITS_PER_BYTE);
    Measurement after = metric(trimmed, Metrics.BITS_PER_BYTE);
    assertThat(before.provenance()).isEqualTo(Provenance.MEASURED);
    assertThat(before.protocol()).isEqualTo(after.protocol());
    assertThat(after.value()).isGreaterThan(before.value());
    assertThat(Comparison.of(trimmed, whole).entries())
        .filteredOn(entry -> entry.cell().metric().equals(Metrics.PERPLEXITY))
        .hasOnlyElementsOfType(Comparison.Unknown.class);
    assertThat(Comparison.of(trimmed, whole).entries())
        .filteredOn(entry -> entry.cell().metric().equals(Metrics.BITS_PER_BYTE))
        .hasOnlyElementsOfType(Comparison.Known.class);
    byHand(whole);
    List<StageStep> steps = Objects.requireNonNull(trimmed.stages()).steps();
    assertThat(steps).extracting(StageStep::stage).containsExactly("trim-vocabulary", "wanda");
    assertThat(steps.get(0).size().parameters())
        .isEqualTo(trimmed.stages().start().parameters() - 4096 * 256);
    assertThat(Objects.requireNonNull(steps.get(0).perplexity()).protocol())
        .isEqualTo(metric(trimmed, Metrics.PERPLEXITY).protocol());

    Path artifact =
        bench
            .cache()
            .resolve("artifacts")
            .resolve(Objects.requireNonNull(trimmed.artifact()).path());
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(artifact)) {
      assertThat(tokenizer.vocabSize()).isEqualTo(4096);
    }
    assertThat(sha256(artifact.resolveSibling("calibration-ids.bin")))
        .isEqualTo(Objects.requireNonNull(trimmed.calibration()).tokenIdsSha256());
    assertThat(trimmed.calibration().sampling())
        .contains(sha256(artifact.resolveSibling("calibration-ids-later.bin")));
    assertThat(Files.readString(bench.reports().site().resolve("index.html")))
        .contains("Bits / byte", "trimmed to 4096 of 8192 tokens");
  }

  /** From the perplexity's own samples, as each window predicts as many tokens. */
  private static void byHand(Result result) {
    double nats =
        metric(result, Metrics.PERPLEXITY).samples().stream()
            .mapToDouble(sample -> 63 * Math.log(sample))
            .sum();
    Measurement bits = metric(result, Metrics.BITS_PER_BYTE);
    String note = Objects.requireNonNull(bits.note());
    long bytes = Long.parseLong(note.replaceAll(".*; (\\d+) bytes in 4 windows of 64 .*", "$1"));
    assertThat(bits.value()).isCloseTo(nats / Math.log(2) / bytes, within());
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-9);
  }

  private static String sha256(Path file) throws IOException {
    return DigestUtils.sha256Hex(Files.readAllBytes(file));
  }

  private static List<Result> results(TestBench bench) throws IOException {
    List<Result> results = new ArrayList<>();
    Path run = bench.reports().last("vocabularies").orElseThrow().path();
    try (Stream<Path> files = Files.list(run.resolve("results"))) {
      for (Path file : files.sorted().toList()) {
        results.add(new ResultJson().read(file));
      }
    }
    return results;
  }

  private static Result of(List<Result> results, String recipe) {
    return results.stream()
        .filter(result -> result.cell().recipe().name().equals(recipe))
        .findFirst()
        .orElseThrow();
  }

  private static Measurement metric(Result result, String name) {
    return result.measurements().stream()
        .filter(each -> each.metric().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
