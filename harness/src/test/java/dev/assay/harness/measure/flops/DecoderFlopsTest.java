package dev.assay.harness.measure.flops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.EarlyExits;
import dev.assay.engine.model.Stack;
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
  private static final Stack REF_7M = stack(8192, 256, 6, 4, 2, 64, 768);
  private static final Stack LLAMA_2_7B = stack(32000, 4096, 32, 32, 32, 128, 11008);

  private static Stack stack(
      int vocabulary, int hidden, int layers, int heads, int keyValueHeads, int width, int ffn) {
    return new Families()
        .architecture(
            JsonNodeFactory.instance
                .objectNode()
                .put("model_type", "llama")
                .put("vocab_size", vocabulary)
                .put("hidden_size", hidden)
                .put("num_hidden_layers", layers)
                .put("num_attention_heads", heads)
                .put("num_key_value_heads", keyValueHeads)
                .put("head_dim", width)
                .put("intermediate_size", ffn))
        .main();
  }

  private static LinearWeights weights(Stack stack, int zerosPerLinear) {
    long hidden = stack.spec().hiddenSize();
    AttentionSpec attention = stack.layer(0).attention();
    long inner = stack.layer(0).feedForward().intermediateSize();
    List<LinearWeight> layers = new ArrayList<>();
    for (int i = 0; i < stack.depth(); i++) {
      layers.add(linear(attention.queryWidth(), hidden, zerosPerLinear));
      layers.add(linear(attention.keyValueWidth(), hidden, zerosPerLinear));
      layers.add(linear(attention.keyValueWidth(), hidden, zerosPerLinear));
      layers.add(linear(hidden, attention.queryWidth(), zerosPerLinear));
      layers.add(linear(inner, hidden, zerosPerLinear));
      layers.add(linear(inner, hidden, zerosPerLinear));
      layers.add(linear(hidden, inner, zerosPerLinear));
    }
    return new LinearWeights(layers, linear(stack.spec().vocabularySize(), hidden, 0));
  }

  private static LinearWeight linear(long out, long in, int zeros) {
    return new LinearWeight("w", out, in, out * in, out * in - zeros, 2 * out * in, 16, 1);
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

  /** Each linear under its own name. */
  private static LinearWeights named(Stack stack) {
    List<LinearWeight> layers = new ArrayList<>();
    for (int i = 0; i < stack.depth(); i++) {
      int layer = i;
      stack
          .layer(i)
          .layout()
          .parts()
          .forEach(
              each ->
                  layers.add(
                      new LinearWeight(
                          stack.names().inLayer(layer, each.tensor()),
                          each.outFeatures(),
                          each.inFeatures(),
                          each.outFeatures() * each.inFeatures(),
                          each.outFeatures() * each.inFeatures(),
                          1,
                          16,
                          1)));
    }
    return new LinearWeights(
        layers, linear(stack.spec().vocabularySize(), stack.spec().hiddenSize(), 0));
  }

  /** Half of the tokens leave after two of six layers. */
  @Test
  void tokensThatLeaveDoWithoutTheRest() {
    EarlyExits exits =
        new EarlyExits(
            EarlyExits.Confidence.SOFTMAX, 0.5, List.of(new EarlyExits.Exit(2, 0.5)), List.of());
    LinearWeights weights = named(REF_7M);
    DecoderFlops whole = DecoderFlops.of(REF_7M, weights, FlopCount.DENSE_EQUIVALENT);
    DecoderFlops flops = DecoderFlops.of(REF_7M.with(exits), weights, FlopCount.DENSE_EQUIVALENT);

    // Half of four layers, but for q, k and v: 786,432 − 131,072 weights each; the head at the exit
    // always and behind the last layer for every second token; scores of two layers of six.
    double linears = 2.0 * 2 * (786_432 - 131_072);
    assertThat(flops.decode(128))
        .isEqualTo(whole.decode(128) - linears + 0.5 * whole.head() - 128 * whole.attention() / 3);
    // A prompt goes through all.
    assertThat(flops.prefill(100)).isEqualTo(whole.prefill(100));
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
