package dev.assay.harness.measure.flops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.DecoderSpec;
import dev.assay.engine.model.FeedForwardSpec;
import dev.assay.engine.model.NormSpec;
import dev.assay.engine.model.Positions;
import dev.assay.engine.model.Residual;
import dev.assay.engine.model.Rope;
import dev.assay.engine.model.RopeScaling;
import dev.assay.harness.measure.generation.GenerationLength;
import dev.assay.harness.measure.weights.LinearWeight;
import dev.assay.harness.measure.weights.LinearWeights;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** FLOPs against numbers worked out by hand. */
class DecoderFlopsTest {
  private static final DecoderSpec REF_7M = spec(8192, 256, 6, 4, 2, 64, 768);
  private static final DecoderSpec LLAMA_2_7B = spec(32000, 4096, 32, 32, 32, 128, 11008);

  private static DecoderSpec spec(
      int vocabulary, int hidden, int layers, int heads, int keyValueHeads, int width, int ffn) {
    Rope rope = new Rope(10_000, width, new RopeScaling.None(), Rope.Pairs.HALVES);
    return new DecoderSpec(
        vocabulary,
        hidden,
        layers,
        4096,
        AttentionSpec.causal(heads, keyValueHeads, width, layers),
        FeedForwardSpec.dense(ffn, FeedForwardSpec.Activation.SILU, true),
        new NormSpec(NormSpec.Kind.RMS, 1e-5),
        Residual.PRE,
        new Positions.Rotary(rope),
        new DecoderSpec.EmbeddingSpec(hidden, 1),
        DecoderSpec.HeadSpec.plain(false));
  }

  private static LinearWeights weights(DecoderSpec spec, int zerosPerLinear) {
    long hidden = spec.hiddenSize();
    List<LinearWeight> layers = new ArrayList<>();
    for (int i = 0; i < spec.layers(); i++) {
      layers.add(linear(spec.queryWidth(), hidden, zerosPerLinear));
      layers.add(linear(spec.keyValueWidth(), hidden, zerosPerLinear));
      layers.add(linear(spec.keyValueWidth(), hidden, zerosPerLinear));
      layers.add(linear(hidden, spec.queryWidth(), zerosPerLinear));
      layers.add(linear(spec.feedForward().intermediateSize(), hidden, zerosPerLinear));
      layers.add(linear(spec.feedForward().intermediateSize(), hidden, zerosPerLinear));
      layers.add(linear(hidden, spec.feedForward().intermediateSize(), zerosPerLinear));
    }
    return new LinearWeights(layers, linear(spec.vocabularySize(), hidden, 0));
  }

  private static LinearWeight linear(long out, long in, int zeros) {
    return new LinearWeight("w", out, in, out * in - zeros, 2 * out * in, 1);
  }

  @Test
  void ref7mByHand() {
    DecoderFlops flops = DecoderFlops.of(REF_7M, weights(REF_7M, 0), FlopCount.DENSE_EQUIVALENT);

    // A layer: q 65,536, k and v 32,768 each, o 65,536, gate, up and down 196,608 each = 786,432.
    assertThat(flops.linears()).isEqualTo(2.0 * 6 * 786_432);
    assertThat(flops.head()).isEqualTo(2.0 * 8192 * 256);
    // Scores and values with the four query heads, not the two key heads: 4 · 6 · 256.
    assertThat(flops.attention()).isEqualTo(6144);
    assertThat(flops.decode(128)).isEqualTo(9_437_184 + 4_194_304 + 786_432);
    // 100 tokens attend to 1 + … + 100 = 5,050 positions; the head runs once.
    assertThat(flops.prefill(100)).isEqualTo(943_718_400.0 + 4_194_304 + 5050 * 6144);
  }

  @Test
  void aPrefillIsTheSumOfItsTokensWithOneHead() {
    DecoderFlops flops = DecoderFlops.of(REF_7M, weights(REF_7M, 0), FlopCount.DENSE_EQUIVALENT);
    double sum = 0;
    for (int context = 1; context <= 37; context++) {
      sum += flops.decode(context);
    }

    assertThat(flops.prefill(37)).isCloseTo(sum - 36 * flops.head(), within(1.0));
  }

  @Test
  void llama2TakesTwoFlopsAParameterAndToken() {
    DecoderFlops flops =
        DecoderFlops.of(LLAMA_2_7B, weights(LLAMA_2_7B, 0), FlopCount.DENSE_EQUIVALENT);

    // 6,738,415,616 parameters, of which the embedding's 131,072,000 are looked up, not multiplied.
    assertThat(flops.decode(0)).isEqualTo(2.0 * (6_738_415_616L - 131_072_000L - 65 * 4096));
    // 4 · layers · hidden per position: 2^19.
    assertThat(flops.attention()).isEqualTo(524_288);
  }

  @Test
  void zerosLeaveTheEffectiveCountOnly() {
    LinearWeights sparse = weights(REF_7M, 1000);

    DecoderFlops dense = DecoderFlops.of(REF_7M, sparse, FlopCount.DENSE_EQUIVALENT);
    DecoderFlops effective = DecoderFlops.of(REF_7M, sparse, FlopCount.EFFECTIVE);

    assertThat(dense.linears() - effective.linears()).isEqualTo(2.0 * 42 * 1000);
    assertThat(effective.attention()).isEqualTo(dense.attention());
  }

  @Test
  void measurementsOfTheTwoCountsDoNotMix() {
    List<Measurement> found =
        FlopsMetric.of(REF_7M, weights(REF_7M, 1000), new GenerationLength(100, 57));

    assertThat(found).hasSize(4);
    assertThat(found.stream().map(each -> each.metric() + each.protocol().id()).distinct())
        .hasSize(4);
    // Steps attend to 101 … 156 positions, 128.5 on average.
    assertThat(found)
        .filteredOn(each -> each.metric().equals(Metrics.FLOPS_PER_TOKEN_DECODE))
        .first()
        .satisfies(
            each -> {
              assertThat(each.value()).isEqualTo(9_437_184 + 4_194_304 + 128.5 * 6144);
              assertThat(each.protocol().settings()).containsEntry("context", "128.5");
            });
  }
}
