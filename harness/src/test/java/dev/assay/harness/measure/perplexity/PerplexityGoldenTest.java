package dev.assay.harness.measure.perplexity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.model.LanguageModel;
import dev.assay.engine.torch.TorchSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every protocol of the perplexity fixtures on the llama fixture model, in float32. */
class PerplexityGoldenTest {
  private static final Path FIXTURES =
      Path.of(System.getProperty("assay.root"), "..", "shared", "fixtures");

  private static final float NLL_TOLERANCE = 1e-4f;

  private static TorchSession torch;
  private static LanguageModel model;
  private static JsonNode golden;
  private static long[] tokens;

  @BeforeAll
  static void load() throws Exception {
    Path file = FIXTURES.resolve("perplexity/perplexity.json");
    assumeTrue(Files.exists(file), () -> "no perplexity fixtures at " + file);
    golden = new ObjectMapper().readTree(file.toFile());
    byte[] text = golden.path("text").asText().getBytes(StandardCharsets.UTF_8);
    tokens = new long[text.length];
    for (int i = 0; i < text.length; i++) {
      tokens[i] = text[i] & 0xff;
    }
    torch = TorchSession.open(1);
    Checkpoint checkpoint = Checkpoint.open(FIXTURES.resolve("models/llama"));
    model =
        LanguageModel.load(
            torch, checkpoint, new Families().architecture(checkpoint), Execution.REFERENCE);
  }

  @AfterAll
  static void close() {
    if (torch != null) {
      model.close();
      torch.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 50})
  void disjointWindowsAgree(int length) {
    JsonNode expected = expected(length);
    DisjointPerplexity found = DisjointPerplexity.of(tokens, length, PerplexityGoldenTest::losses);

    assertThat(tokens).hasSize(golden.path("tokens").asInt());
    assertThat(found.windows()).hasSize(expected.path("windows").asInt());
    assertClose(found.ofWindowMeans(), expected.path("gptq_ppl"));
    assertClose(found.ofTokens(), expected.path("nonoverlap_ppl"));
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 50})
  void everyTokenLossAgrees(int length) throws IOException {
    FloatBuffer expected = floats("nll_windows_L" + length);
    int windows = tokens.length / length;

    assertThat(expected.remaining()).isEqualTo(windows * (length - 1));
    for (int window = 0; window < windows; window++) {
      float[] found = losses(Arrays.copyOfRange(tokens, window * length, (window + 1) * length));
      for (float loss : found) {
        assertThat(loss).isCloseTo(expected.get(), within(NLL_TOLERANCE));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 50})
  void theTailCanBeIncluded(int length) {
    JsonNode expected = expected(length);
    DisjointPerplexity found =
        DisjointPerplexity.withTail(tokens, length, PerplexityGoldenTest::losses);

    assertThat(found.windows().stream().mapToLong(LossSum::count).sum())
        .isEqualTo(expected.path("with_tail_count").asLong());
    assertClose(found.ofTokens(), expected.path("with_tail_ppl"));
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 50})
  void stridedWindowsAgree(int length) {
    assertStrided(length, length / 2, expected(length).path("strided"));
    assertStrided(length, length, expected(length).path("strided_equal_to_length"));
  }

  private static void assertStrided(int length, int stride, JsonNode expected) {
    StridedPerplexity found =
        StridedPerplexity.of(tokens, length, stride, PerplexityGoldenTest::losses);
    long scored = found.windows().stream().mapToLong(LossSum::count).sum();

    assertThat(found.windows()).hasSize(expected.path("windows").asInt());
    assertThat(scored).isEqualTo(expected.path("tokens_scored").asLong());
    assertClose(found.ofTokens(), expected.path("ppl"));
    assertClose(found.asDocumented(), expected.path("ppl_hf_doc"));
    assertClose(found.ofWindowMeans(), expected.path("ppl_mean_of_window_means"));
  }

  /** A float32 tensor of the fixture's safetensors file. */
  private static FloatBuffer floats(String name) throws IOException {
    byte[] file = Files.readAllBytes(FIXTURES.resolve("perplexity/perplexity.safetensors"));
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) bytes.getLong();
    JsonNode offsets =
        new ObjectMapper().readTree(file, Long.BYTES, header).path(name).path("data_offsets");
    int begin = Long.BYTES + header + offsets.get(0).asInt();
    int end = Long.BYTES + header + offsets.get(1).asInt();
    return bytes.position(begin).limit(end).asFloatBuffer();
  }

  private static float[] losses(long[] window) {
    return model.tokenLosses(new long[][] {window})[0];
  }

  private static JsonNode expected(int length) {
    return golden.path("cases").path("L" + length).path("float64");
  }

  private static void assertClose(double found, JsonNode expected) {
    double value = expected.asDouble();
    assertThat(found).isCloseTo(value, relative(value, golden.path("tolerance").path("ppl_rel")));
  }

  private static Offset<Double> relative(double value, JsonNode tolerance) {
    return within(value * tolerance.asDouble());
  }
}
