package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.harness.dataset.RandomTokens;
import dev.assay.harness.run.TestBench.Spoken;
import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.result.ResultJson;
import dev.assay.leaderboard.result.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of models that are made from a configuration and a seed. */
@Tag("slow")
class SyntheticRunTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 128, "intermediate_size": 256,
       "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
       "vocab_size": 512, "max_position_embeddings": 256, "torch_dtype": "float16"}
      """;

  private static final long TABLE = 512 * 128;
  private static final long LAYER =
      2 * 128 * 128 + 2 * 64 * 128 + 3 * 128 * 256 + 2 * 128; // q and o, k and v, MLP, norms

  @TempDir Path directory;

  private static Path suite(TestBench bench, Path config) throws IOException {
    return Files.writeString(
        bench.file("synthetic"),
        """
        name: synthetic
        summary: a test
        models:
          - {name: tiny, synthetic: {config: '%s', seed: 3}}
        recipes: [fp32, gptq-w4-g128]
        baseline: fp32
        calibration: {samples: 4, length: 64}
        measures:
          perplexity:
            - {dataset: europarl-en, window: 64, maxWindows: 4}
          latency: {promptLength: 8, decodeLength: 4, forks: 1, warmupIterations: 1, iterations: 2}
          memory: false
          roofline: false
          energy: false
        """
            .formatted(config));
  }

  @Test
  void timesAreMeasuredAndQualityIsUnsupported() throws IOException {
    TestBench bench = new TestBench(directory);
    Path config = Files.writeString(directory.resolve("tiny.json"), CONFIG);
    Path suite = suite(bench, config);

    Spoken spoken = TestBench.say(bench.here("run", suite.toString()));

    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    List<Result> results = results(bench.reports().last("synthetic").orElseThrow());
    assertThat(results).hasSize(2).extracting(Result::status).containsOnly(Status.SUCCEEDED);
    for (Result result : results) {
      assertThat(result.cell().model().source()).endsWith("tiny.json, seed 3");
      assertThat(result.cell().model().parameters()).isEqualTo(2 * TABLE + 2 * LAYER + 128);
      Measurement perplexity = metric(result, Metrics.PERPLEXITY);
      assertThat(perplexity.provenance()).isEqualTo(Provenance.UNSUPPORTED);
      assertThat(perplexity.note()).isEqualTo("synthetic weights");
      assertThat(perplexity.protocol().settings()).containsEntry("dataset", "europarl-en");
      Measurement latency = metric(result, Metrics.TIME_PER_OUTPUT_TOKEN);
      assertThat(latency.value()).isNotNull().isPositive();
    }
    Result compressed =
        results.stream()
            .filter(each -> each.cell().recipe().name().startsWith("gptq"))
            .findFirst()
            .orElseThrow();
    assertThat(compressed.calibration()).isNotNull();
    assertThat(compressed.calibration().dataset()).startsWith("random token ids");
    assertThat(compressed.calibration().tokenIdsSha256())
        .isEqualTo(
            new RandomTokens(512, compressed.calibration().seed()).sequences(4, 64).sha256());
    assertThat(compressed.linears()).hasSize(2 * 7);

    try (Stream<Path> kept = Files.list(bench.cache().resolve("synthetic"))) {
      List<Path> models = kept.filter(Files::isDirectory).toList();
      assertThat(models).hasSize(1);
      assertThat(Checkpoint.open(models.get(0)).weightBytes())
          .isEqualTo(2 * compressed.cell().model().parameters());
    }
  }

  @Test
  void anUnknownFamilyFailsItsCellsOnly() throws IOException {
    TestBench bench = new TestBench(directory);
    Path config =
        Files.writeString(directory.resolve("odd.json"), CONFIG.replace("llama", "unheard"));
    Path suite = suite(bench, config);

    Spoken spoken =
        TestBench.say(bench.here("run", suite.toString(), "--no-site", "--cell", "*/fp32/*"));

    assertThat(spoken.exitCode()).as(spoken.err()).isEqualTo(3);
    Result failed = results(bench.reports().last("synthetic").orElseThrow()).get(0);
    assertThat(failed.failure()).isNotNull();
    assertThat(failed.failure().stage()).isEqualTo("synthesize");
    assertThat(failed.failure().message()).contains("odd.json: model_type: found 'unheard'");
  }

  private static List<Result> results(RunDirectory run) throws IOException {
    List<Result> results = new ArrayList<>();
    try (Stream<Path> files = Files.list(run.path().resolve("results"))) {
      for (Path file : files.sorted().toList()) {
        results.add(new ResultJson().read(file));
      }
    }
    return results;
  }

  private static Measurement metric(Result result, String name) {
    return result.measurements().stream()
        .filter(each -> each.metric().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
