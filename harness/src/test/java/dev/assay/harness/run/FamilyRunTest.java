package dev.assay.harness.run;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of models of several families, their weights made up. */
@Tag("slow")
class FamilyRunTest {
  private static final Map<String, String> CONTINUING =
      Map.of(
          "gemma2",
          """
          {"model_type": "gemma2", "hidden_size": 64, "intermediate_size": 128, "head_dim": 16,
           "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
           "vocab_size": 512, "max_position_embeddings": 256, "sliding_window": 8}
          """,
          "falcon",
          """
          {"model_type": "falcon", "hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 512,
           "num_attention_heads": 4, "num_kv_heads": 2, "new_decoder_architecture": true,
           "max_position_embeddings": 256}
          """,
          "mixtral",
          """
          {"model_type": "mixtral", "hidden_size": 64, "intermediate_size": 96,
           "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
           "num_local_experts": 4, "num_experts_per_tok": 2, "vocab_size": 512,
           "max_position_embeddings": 256}
          """);

  private static final Map<String, String> OTHERS =
      Map.of(
          "t5",
          """
          {"model_type": "t5", "d_model": 64, "d_ff": 128, "d_kv": 16, "num_heads": 4,
           "num_layers": 2, "num_decoder_layers": 2, "vocab_size": 512,
           "feed_forward_proj": "gated-gelu", "tie_word_embeddings": false}
          """,
          "bert",
          """
          {"model_type": "bert", "hidden_size": 64, "intermediate_size": 128,
           "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 512,
           "max_position_embeddings": 128, "architectures": ["BertForMaskedLM"]}
          """);

  /** What the layers of each store, outputs and inputs: attention, then feed-forward. */
  private static final Map<String, long[][]> STORED =
      Map.of(
          "gemma2",
          new long[][] {{64, 64}, {32, 64}, {32, 64}, {64, 64}, {128, 64}, {128, 64}, {64, 128}},
          "falcon",
          new long[][] {{128, 64}, {64, 64}, {256, 64}, {64, 256}},
          "mixtral",
          new long[][] {
            {64, 64}, {32, 64}, {32, 64}, {64, 64}, {96, 64}, {96, 64}, {64, 96}, {96, 64},
            {96, 64}, {64, 96}, {96, 64}, {96, 64}, {64, 96}, {96, 64}, {96, 64}, {64, 96}
          },
          "t5",
          new long[][] {
            {64, 64}, {64, 64}, {64, 64}, {64, 64}, {128, 64}, {128, 64}, {64, 128}, {64, 64},
            {64, 64}, {64, 64}, {64, 64}, {64, 64}, {64, 64}, {64, 64}, {64, 64}, {128, 64},
            {128, 64}, {64, 128}
          },
          "bert",
          new long[][] {{64, 64}, {64, 64}, {64, 64}, {64, 64}, {128, 64}, {64, 128}});

  @TempDir Path directory;

  @Test
  void modelsThatContinueTextAreTimed() throws IOException {
    for (Result result : run(CONTINUING)) {
      assertThat(result.status()).as(String.valueOf(result.failure())).isEqualTo(Status.SUCCEEDED);
      assertThat(metric(result, Metrics.TIME_PER_OUTPUT_TOKEN).provenance())
          .isNotEqualTo(Provenance.UNSUPPORTED);
      assertThat(metric(result, Metrics.FLOPS_PER_TOKEN_DECODE).value()).isPositive();
      assertThat(metric(result, Metrics.BITS_PER_WEIGHT).value()).isEqualTo(bits(result));
    }
  }

  @Test
  void ofOthersSizesAreKnownAndTimesUnsupported() throws IOException {
    for (Result result : run(OTHERS)) {
      assertThat(result.status()).as(String.valueOf(result.failure())).isEqualTo(Status.SUCCEEDED);
      assertThat(result.linears()).isNotEmpty();
      assertThat(metric(result, Metrics.SIZE_ON_DISK).value()).isPositive();
      assertThat(metric(result, Metrics.BITS_PER_WEIGHT).value()).isEqualTo(bits(result));
      Measurement time = metric(result, Metrics.TIME_PER_OUTPUT_TOKEN);
      assertThat(time.provenance()).isEqualTo(Provenance.UNSUPPORTED);
      assertThat(time.note()).contains("does not continue text");
    }
  }

  private List<Result> run(Map<String, String> configurations) throws IOException {
    TestBench bench = new TestBench(directory);
    StringBuilder models = new StringBuilder();
    for (Map.Entry<String, String> each : new LinkedHashMap<>(configurations).entrySet()) {
      Path config = Files.writeString(directory.resolve(each.getKey() + ".json"), each.getValue());
      models
          .append("  - {name: ")
          .append(each.getKey())
          .append(", synthetic: {config: '")
          .append(config)
          .append("', dtype: float16}}\n");
    }
    Path suite =
        Files.writeString(
            bench.file("families"),
            """
            name: families
            summary: a test
            models:
            %srecipes: [gptq-w4-g128]
            baseline: gptq-w4-g128
            calibration: {samples: 8, length: 64}
            measures:
              latency: {promptLength: 8, decodeLength: 4, forks: 1, warmupIterations: 1, iterations: 2}
              memory: false
              roofline: false
              energy: false
            """
                .formatted(models));
    Spoken spoken = TestBench.say(bench.here("run", suite.toString(), "--no-site"));
    assertThat(spoken.exitCode()).as(spoken.err()).isZero();
    RunDirectory run = bench.reports().last("families").orElseThrow();
    List<Result> results = new ArrayList<>();
    for (String cell : run.results().keySet()) {
      results.add(new ResultJson().read(run.result(cell)));
    }
    assertThat(results).hasSize(configurations.size());
    return results;
  }

  /**
   * Bits a weight in GPTQ's layout: four a code and a zero, in words of 32, a scale of 16 for each
   * group of 128, and 32 for the group of each input. BERT's biases, of 16, count too.
   */
  private static double bits(Result result) {
    String model = result.cell().model().name();
    long bits = 0;
    long weights = 0;
    for (long[] shape : Objects.requireNonNull(STORED.get(model))) {
      long out = shape[0];
      long in = shape[1];
      long groups = (in + 127) / 128;
      bits += out * words(in) + groups * (words(out) + 16 * out) + 32 * in;
      bits += model.equals("bert") ? 16 * out : 0;
      weights += out * in;
    }
    return (double) bits / weights;
  }

  private static long words(long codes) {
    return (4 * codes + 31) / 32 * 32;
  }

  private static Measurement metric(Result result, String name) {
    return result.measurements().stream()
        .filter(each -> each.metric().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not there"));
  }
}
