package dev.assay.harness.measure.perplexity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.harness.dataset.DatasetSplit;
import dev.assay.harness.dataset.TokenSequence;
import dev.assay.harness.dataset.TokenWindows;
import dev.assay.leaderboard.result.Measurement;
import java.util.Arrays;
import java.util.Objects;

/** The metric, and its relatives that must not be mixed up with it, with one length of window. */
final class PerplexityCheck implements GoldenCheck {
  private static final DatasetSplit SPLIT = new DatasetSplit("golden", "all", "…", "abc", 3);

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    ModelFixture fixture = golden.model();
    long[] tokens = golden.input(scope, "input_ids").toLongArray();
    assertThat(tokens).hasSize(golden.parameter("tokens").intValue());
    try (LanguageModel model =
        LanguageModel.load(
            torch,
            fixture.checkpoint(),
            fixture.architecture(),
            Execution.reference(new TorchDevice.Cpu()))) {
      Windows windows = new Windows(golden, tokens, golden.parameter("length").intValue(), model);
      windows.checkLosses(scope);
      windows.checkDisjoint();
      windows.checkTail();
      windows.checkStrided("strided", (int) golden.scalar("strided.stride"));
      windows.checkStrided("strided_equal_to_length", windows.length);
    }
  }

  private static final class Windows {
    private final GoldenCase golden;
    private final long[] tokens;
    private final int length;
    private final LanguageModel model;

    Windows(GoldenCase golden, long[] tokens, int length, LanguageModel model) {
      this.golden = golden;
      this.tokens = tokens;
      this.length = length;
      this.model = model;
    }

    private float[] losses(long[] window) {
      return model.tokenLosses(new long[][] {window})[0];
    }

    void checkLosses(NDManager scope) {
      float[] expected = golden.tensor(scope, "nll_windows_" + golden.name()).toFloatArray();
      int scored = length - 1;
      assertThat(expected).hasSize(tokens.length / length * scored);
      for (int i = 0; i < expected.length; i += scored) {
        int begin = i / scored * length;
        float[] found = losses(Arrays.copyOfRange(tokens, begin, begin + length));
        assertThat(found)
            .usingComparatorWithPrecision((float) golden.tolerance("nll_abs"))
            .containsExactly(Arrays.copyOfRange(expected, i, i + scored));
      }
    }

    void checkDisjoint() {
      TokenWindows whole = TokenWindows.cut(new TokenSequence(golden.name(), tokens), length);
      Measurement measured =
          new PerplexityMetric(SPLIT, BosPolicy.NONE, whole)
              .measure(this::losses, Execution.reference(new TorchDevice.Cpu()), done -> {});
      assertThat(measured.samples()).hasSize((int) golden.scalar("windows"));
      assertClose(Objects.requireNonNull(measured.value()), "gptq_ppl");
      StridedPerplexity found = StridedPerplexity.of(whole.ids(), length, length, this::losses);
      assertThat(found.count()).isEqualTo((long) golden.scalar("nonoverlap_count"));
      assertClose(found.nats(), "nonoverlap_sum_nll");
      assertClose(found.ofTokens(), "nonoverlap_ppl");
    }

    void checkTail() {
      StridedPerplexity found = StridedPerplexity.of(tokens, length, length, this::losses);
      assertThat(found.count()).isEqualTo((long) golden.scalar("with_tail_count"));
      assertClose(found.nats(), "with_tail_sum_nll");
      assertClose(found.ofTokens(), "with_tail_ppl");
    }

    void checkStrided(String protocol, int stride) {
      StridedPerplexity found = StridedPerplexity.of(tokens, length, stride, this::losses);
      assertThat(found.windows()).hasSize((int) golden.scalar(protocol + ".windows"));
      assertThat(found.count()).isEqualTo((long) golden.scalar(protocol + ".tokens_scored"));
      assertClose(found.ofTokens(), protocol + ".ppl");
      assertClose(found.asDocumented(), protocol + ".ppl_hf_doc");
      assertClose(found.ofWindowMeans(), protocol + ".ppl_mean_of_window_means");
    }

    private void assertClose(double found, String scalar) {
      assertThat(found)
          .as(scalar)
          .isCloseTo(golden.scalar(scalar), withinPercentage(100 * golden.tolerance("ppl_rel")));
    }
  }
}
