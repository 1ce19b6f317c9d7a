package dev.assay.harness.measure.perplexity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.engine.tokenizer.SpecialTokens;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.weight.Execution;
import dev.assay.harness.dataset.DatasetSplit;
import dev.assay.harness.dataset.TokenSequence;
import dev.assay.harness.dataset.TokenWindows;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The arithmetic of bits per byte, on losses that are easy to add up. */
class BitsPerByteMetricTest {
  private static final Execution EXECUTION = Execution.reference(TorchDevice.CPU);
  private static final Path REFERENCE =
      Path.of(System.getProperty("assay.root"), "models", "ref-7m");

  /** Every token costs ln 2, which is a bit, and half of it more for each place in the window. */
  private static float[] rising(long[] tokens) {
    float[] losses = new float[tokens.length - 1];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = (float) (Math.log(2) * (1 + i / 2.0));
    }
    return losses;
  }

  private static PerplexityMetric metric(String text, long[] ids, int window, OptionalLong bos) {
    DatasetSplit split =
        new DatasetSplit(
            "words", "test", text, "abc", text.getBytes(StandardCharsets.UTF_8).length);
    return new PerplexityMetric(
        split,
        bos.isPresent() ? BosPolicy.EVERY : BosPolicy.NONE,
        TokenWindows.cut(new TokenSequence("words", ids), window, bos));
  }

  private static Measurement measure(PerplexityMetric metric, Tokenizer tokenizer) {
    return new BitsPerByteMetric(metric, tokenizer.bytes(), "the whole text")
        .of(metric.losses(BitsPerByteMetricTest::rising, done -> {}), EXECUTION);
  }

  @Test
  void countsTheBytesOfPredictedTokensAlone() {
    String text = "Kühe grasen auf der Wiese, 牛 too.";
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(REFERENCE)) {
      long[] ids = tokenizer.encode(text);
      PerplexityMetric metric = metric(text, ids, 4, OptionalLong.empty());

      Measurement found = measure(metric, tokenizer);

      int windows = ids.length / 4;
      double bits = windows * (1 + 1.5 + 2);
      long bytes = 0;
      for (int window = 0; window < windows; window++) {
        for (int i = 1; i < 4; i++) {
          bytes += tokenizer.bytes().of(ids[window * 4 + i]).orElseThrow();
        }
      }
      assertThat(windows).isGreaterThan(2);
      assertThat(found.value()).isCloseTo(bits / bytes, within(1e-6));
      assertThat(found.provenance()).isEqualTo(Provenance.MEASURED);
      assertThat(found.unit()).isEqualTo("bit/B");
      assertThat(found.samples()).hasSize(windows);
      assertThat(found.note()).contains(bytes + " bytes in " + windows + " windows of 4 tokens");
    }
  }

  /** With a BOS in front of each window every token of the text counts, and the BOS does not. */
  @Test
  void behindABosTheWholeTextCounts() {
    String text = "abcdefgh";
    try (Tokenizer tokenizer = letters()) {
      long[] ids = tokenizer.encode(text);
      assertThat(ids).hasSize(8);

      Measurement found = measure(metric(text, ids, 5, OptionalLong.of(0)), tokenizer);

      assertThat(found.value()).isCloseTo(2 * (1 + 1.5 + 2 + 2.5) / 8, within(1e-6));
    }
  }

  /** Of one window there is no spread; of windows that cost alike it is 0. */
  @Test
  void statesTheSpreadOfAQuotientOfSums() {
    BitsPerByteEstimate one =
        BitsPerByteEstimate.of(List.of(new LossSum(Math.log(2) * 6, 3)), List.of(4L));
    BitsPerByteEstimate alike =
        BitsPerByteEstimate.of(
            List.of(new LossSum(Math.log(2) * 6, 3), new LossSum(Math.log(2) * 12, 3)),
            List.of(4L, 8L));
    BitsPerByteEstimate unlike =
        BitsPerByteEstimate.of(
            List.of(new LossSum(Math.log(2) * 6, 3), new LossSum(Math.log(2) * 12, 3)),
            List.of(4L, 4L));

    assertThat(one.value()).isCloseTo(1.5, within(1e-12));
    assertThat(one.standardError()).isNull();
    assertThat(one.interval()).isNull();
    assertThat(alike.value()).isCloseTo(1.5, within(1e-12));
    assertThat(alike.standardError()).isCloseTo(0, within(1e-12));
    // 1.5 and 3 bits a byte: s = 1.5 / √2, over √2.
    assertThat(unlike.value()).isCloseTo(2.25, within(1e-12));
    assertThat(unlike.standardError()).isCloseTo(0.75, within(1e-12));
    assertThat(unlike.windows()).containsExactly(1.5, 3.0);
  }

  @Test
  void tokensOfUnknownBytesAreNotCounted() {
    try (Tokenizer tokenizer = letters()) {
      Measurement found =
          measure(metric("?", new long[] {2, 3, 1, 4}, 4, OptionalLong.empty()), tokenizer);

      assertThat(found.provenance()).isEqualTo(Provenance.UNSUPPORTED);
      assertThat(found.note()).contains("token 1 of the text");
    }
  }

  /** What depends on the tokenizer is not of the protocol, so that cells with others compare. */
  @Test
  void theProtocolIsTheSameForAnyTokenizer() {
    try (Tokenizer fine = letters();
        Tokenizer coarse = Checkpoint.open(REFERENCE).tokenizer()) {
      String text = "abcdefgh".repeat(20);
      Measurement first = measure(metric(text, fine.encode(text), 4, OptionalLong.empty()), fine);
      Measurement second =
          measure(metric(text, coarse.encode(text), 4, OptionalLong.empty()), coarse);

      assertThat(first.samples()).hasSizeGreaterThan(second.samples().size());
      assertThat(first.protocol()).isEqualTo(second.protocol());
    }
  }

  @Test
  void aPerplexityInAnotherVocabularyHasAnotherProtocol() {
    PerplexityMetric own = metric("…", new long[] {1, 2, 3, 4}, 2, OptionalLong.empty());
    PerplexityMetric other =
        new PerplexityMetric(
            own.split(), own.bos(), own.windows(), Optional.of("trimmed to 3 of 4 tokens"));

    assertThat(own.protocol(EXECUTION).settings()).doesNotContainKey("vocabulary");
    assertThat(other.protocol(EXECUTION).settings())
        .containsEntry("vocabulary", "trimmed to 3 of 4 tokens");
    assertThat(own.protocol(EXECUTION).id()).isNotEqualTo(other.protocol(EXECUTION).id());
  }

  /** A BOS, a token for all that is unknown, and the letters from a to h. */
  private static Tokenizer letters() {
    StringBuilder vocabulary = new StringBuilder("\"<s>\": 0, \"<unk>\": 1");
    char letter = 'a';
    for (int id : Arrays.asList(2, 3, 4, 5, 6, 7, 8, 9)) {
      vocabulary.append(", \"").append(letter++).append("\": ").append(id);
    }
    return Tokenizer.fromJson(
        "letters",
        """
        {"version": "1.0", "added_tokens": [{"id": 0, "content": "<s>", "single_word": false,
          "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
         "model": {"type": "BPE", "unk_token": "<unk>", "vocab": {%s}, "merges": []}}
        """
            .formatted(vocabulary),
        SpecialTokens.NONE);
  }
}
