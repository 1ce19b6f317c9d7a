package dev.assay.harness.measure.perplexity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.tokenizer.BosPolicy;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchDevice;
import dev.assay.engine.weight.Execution;
import dev.assay.harness.dataset.DatasetSplit;
import dev.assay.harness.dataset.TokenSequence;
import dev.assay.harness.dataset.TokenWindows;
import dev.assay.leaderboard.result.Interval;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The metric's arithmetic and its record, on losses that are easy to add up. */
class PerplexityMetricTest {
  /** Eleven tokens in windows of three: three windows, two tokens left over. */
  private final PerplexityMetric metric = metric(11, 3);

  private static PerplexityMetric metric(int tokens, int window) {
    long[] ids = new long[tokens];
    for (int i = 0; i < tokens; i++) {
      ids[i] = i;
    }
    DatasetSplit split = new DatasetSplit("numbers", "test", "…", "abc", 3);
    return new PerplexityMetric(
        split, BosPolicy.NONE, TokenWindows.cut(new TokenSequence("numbers", ids), window));
  }

  /** The loss of a token is a tenth of its id. */
  private static float[] tenths(long[] tokens) {
    float[] losses = new float[tokens.length - 1];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = tokens[i + 1] / 10f;
    }
    return losses;
  }

  @Test
  void averagesWindowMeansAndStatesTheSpread() {
    List<Integer> progress = new ArrayList<>();

    Measurement found =
        metric.measure(
            PerplexityMetricTest::tenths, Execution.reference(TorchDevice.CPU), progress::add);

    // Window means 0.15, 0.45 and 0.75: mean 0.45, s = 0.3, standard error 0.3 / √3.
    double standardError = 0.3 / Math.sqrt(3);
    assertThat(found.samples()).hasSize(3);
    assertThat(found.samples().get(2)).isCloseTo(Math.exp(0.75), within(1e-6));
    assertThat(found.value()).isCloseTo(Math.exp(0.45), within(1e-6));
    assertThat(found.standardError()).isCloseTo(Math.exp(0.45) * standardError, within(1e-6));
    assertThat(found.provenance()).isEqualTo(Provenance.MEASURED);
    assertThat(progress).containsExactly(1, 2, 3);
    // t(0.995, 2 degrees of freedom) = 9.92484, from tables.
    Interval interval = found.interval();
    assertThat(interval).isNotNull();
    assertThat(interval.low()).isCloseTo(Math.exp(0.45 - 9.92484 * standardError), within(1e-5));
    assertThat(interval.high()).isCloseTo(Math.exp(0.45 + 9.92484 * standardError), within(1e-4));
    assertThat(interval.confidence()).isEqualTo(0.99);
  }

  @Test
  void oneWindowHasNoSpread() {
    PerplexityMetric single = metric(3, 3);

    Measurement found =
        single.measure(
            PerplexityMetricTest::tenths, Execution.reference(TorchDevice.CPU), done -> {});

    assertThat(found.value()).isCloseTo(Math.exp(0.15), within(1e-6));
    assertThat(found.standardError()).isNull();
    assertThat(found.interval()).isNull();
  }

  @Test
  void theProtocolHoldsWhateverChangesTheFigure() {
    assertThat(metric.protocol(Execution.reference(TorchDevice.CPU)).settings())
        .containsEntry("dataset", "numbers")
        .containsEntry("split", "test")
        .containsEntry("sha256", "abc")
        .containsEntry("bos", "none")
        .containsEntry("tokens", "11")
        .containsEntry("window", "3")
        .containsEntry("stride", "3")
        .containsEntry("windows", "3")
        .containsEntry("tail", "dropped: 2 tokens")
        .containsEntry("arithmetic", "float32");
    assertThat(metric.protocol(Execution.packed(TorchDevice.CPU, DType.BFLOAT16)).settings())
        .containsEntry("arithmetic", "as executed");
  }

  @Test
  void aLossThatIsNotFiniteIsNamed() {
    TokenLosses broken =
        ids -> ids[0] == 3 ? new float[] {1, Float.NaN} : new float[ids.length - 1];

    assertThatThrownBy(
            () -> metric.measure(broken, Execution.reference(TorchDevice.CPU), done -> {}))
        .isInstanceOf(NotFiniteException.class)
        .hasMessageContaining("token 2 of window 1")
        .hasMessageContaining("NaN");
  }
}
