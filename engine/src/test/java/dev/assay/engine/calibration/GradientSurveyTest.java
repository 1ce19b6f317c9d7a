package dev.assay.engine.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.NudgedWeights;
import dev.assay.engine.fixture.SyntheticFamilies;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.model.TokenCache;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of a model's loss against difference quotients of losses that it gives as a whole. */
class GradientSurveyTest extends TorchTest {
  /** How far the loss is to move, which float32 shows to a thousandth. */
  private static final double RISE = 2e-3;

  /** How far a weight is moved at most. */
  private static final double FURTHEST = 0.1;

  /** Share of the greatest slope by which a quotient may be off. */
  private static final double OFF = 0.02;

  @TempDir Path directory;

  /**
   * Grouped queries, transposed and fused weights, biases, ALiBi, learned and rotary positions,
   * parallel residuals, experts, norms behind, capped scores and logits.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "gpt2",
        "gptj",
        "gpt_neox",
        "bloom",
        "phi3",
        "opt",
        "qwen2",
        "mistral",
        "mixtral",
        "falcon, two norms, grouped",
        "falcon, one after the other",
        "gemma2",
        "qwen3",
        "opt, gelu, norms behind"
      })
  void theyAreDifferenceQuotients(String family) {
    ModelFixture fixture = fixture(family);
    ModelWeights weights = weights(fixture);
    long[] ids = fixture.ids(scope, "input_ids")[0];
    Map<Integer, Map<String, NDArray>> gradients = new LinkedHashMap<>();
    double mean =
        survey(weights, List.of(ids), Selection.ALL)
            .look(
                (layer, sample, found) -> {
                  Map<String, NDArray> own = new LinkedHashMap<>();
                  found.forEach((name, each) -> own.put(name, kept(each)));
                  gradients.put(layer.position(), own);
                });

    assertThat(mean).isCloseTo(loss(weights, ids), within(1e-5 * mean));
    int last = fixture.architecture().main().depth() - 1;
    assertThat(gradients.keySet()).hasSize(last + 1);
    for (int layer : Set.of(0, last)) {
      Map<String, NDArray> own = gradients.getOrDefault(layer, Map.of());
      assertThat(own.keySet())
          .isEqualTo(fixture.architecture().main().layer(layer).layout().names());
      own.forEach((linear, gradient) -> checkSlope(weights, ids, layer, linear, gradient));
    }
  }

  /** Along the gradient and something that has nothing to do with it. */
  private void checkSlope(
      ModelWeights weights, long[] ids, int layer, String linear, NDArray gradient) {
    double length = length(gradient);
    if (length == 0) {
      return;
    }
    NDArray noise =
        normal(
            layer + linear.hashCode(),
            (int) gradient.getShape().get(0),
            (int) gradient.getShape().get(1));
    NDArray along = gradient.div((float) length).add(noise.div((float) length(noise)));
    double slope = along.mul(gradient).sum().getFloat();
    float step = (float) Math.min(RISE / length, FURTHEST);
    double above = loss(nudged(weights, layer, linear, along.mul(step)), ids);
    double below = loss(nudged(weights, layer, linear, along.mul(-step)), ids);

    assertThat((above - below) / (2 * step))
        .as("%d.%s", layer, linear)
        .isCloseTo(slope, within(OFF * length));
  }

  private static double length(NDArray values) {
    return Math.sqrt(values.square().sum().getFloat());
  }

  private ModelWeights nudged(ModelWeights weights, int layer, String linear, NDArray by) {
    return new NudgedWeights(torch, weights, layer, linear, by);
  }

  private double loss(ModelWeights weights, long[] ids) {
    try (LanguageModel model =
        LanguageModel.load(torch, weights, Execution.reference(torch.device()))) {
      float[] losses = model.tokenLosses(new long[][] {ids})[0];
      double sum = 0;
      for (float each : losses) {
        sum += each;
      }
      return sum / losses.length;
    }
  }

  /** Each sample's is its own, and layers come from the last to the first. */
  @Test
  void samplesAreShownOneByOne() {
    ModelFixture fixture = ModelFixture.of("llama");
    List<long[]> ids = Arrays.asList(fixture.ids(scope, "input_ids"));
    List<String> order = new ArrayList<>();
    Map<String, NDArray> together = new LinkedHashMap<>();
    double mean =
        survey(weights(fixture), ids, Selection.ALL)
            .look(
                new GradientSurvey.Looker() {
                  @Override
                  public void see(SurveyedLayer layer, int sample, Map<String, NDArray> gradients) {
                    order.add(layer.position() + "/" + sample);
                    gradients.forEach(
                        (name, each) -> together.put(layer.position() + name + sample, kept(each)));
                  }

                  @Override
                  public void seen(SurveyedLayer layer) {
                    order.add("end of " + layer.position());
                  }
                });

    assertThat(order)
        .containsExactly(
            "2/0", "2/1", "end of 2", "1/0", "1/1", "end of 1", "0/0", "0/1", "end of 0");
    double sum = 0;
    for (int i = 0; i < ids.size(); i++) {
      int sample = i;
      sum +=
          survey(weights(fixture), List.of(ids.get(i)), Selection.ALL)
              .look(
                  (layer, zero, gradients) ->
                      gradients.forEach(
                          (name, each) ->
                              assertThat(together.get(layer.position() + name + sample))
                                  .isEqualTo(each)));
    }
    assertThat(mean).isCloseTo(sum / ids.size(), within(1e-9));
  }

  /** Nothing is looked at below the first layer that has some of them. */
  @Test
  void linearsThatAreLeftAloneAreNotShown() {
    ModelFixture fixture = ModelFixture.of("llama");
    Selection some =
        new Selection(List.of("layers.1", "layers.2.mlp.up_proj"), List.of("re:.*o_proj"));
    Map<Integer, Set<String>> shown = new LinkedHashMap<>();
    survey(weights(fixture), List.of(fixture.ids(scope, "input_ids")[0]), some)
        .look(
            (layer, sample, gradients) ->
                shown.put(layer.position(), new LinkedHashSet<>(gradients.keySet())));

    assertThat(shown.keySet()).containsExactly(2, 1);
    assertThat(shown.get(2)).containsExactly("mlp.up_proj");
    assertThat(shown.get(1)).hasSize(6).doesNotContain("self_attn.o_proj");
  }

  /** Two tokens reach at most four of all experts, the one behind which is predicted two. */
  @Test
  void expertsThatNoTokenReachesHaveNone() {
    ModelFixture fixture = ModelFixture.of("mixtral");
    List<String> none = new ArrayList<>();
    survey(weights(fixture), List.of(new long[] {5, 9}), Selection.ALL)
        .look(
            (layer, sample, gradients) ->
                gradients.forEach(
                    (name, each) -> {
                      assertThat(torch.tensors().isFinite(each)).isTrue();
                      if (each.abs().max().getFloat() == 0) {
                        none.add(name);
                      }
                    }));

    assertThat(none).anyMatch(name -> name.contains("experts"));
  }

  @Test
  void whatHasNoSuchLossIsRefused() {
    for (String family : List.of("t5", "bert")) {
      ModelSpec spec = ModelFixture.of(family).architecture();
      assertThatThrownBy(() -> GradientSurvey.requireFits(spec))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("expected one that continues text");
    }
    ModelSpec llama = ModelFixture.of("llama").architecture();
    Stack stack = llama.main();
    List<LayerSpec> layers = new ArrayList<>(stack.layers());
    layers.set(1, layers.get(1).with(new TokenCache(8, 8)));
    ModelSpec rounded = llama.with(0, stack.with(layers));
    assertThatThrownBy(() -> GradientSurvey.requireFits(rounded))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("model.layers.1: found keys and values that are rounded");
  }

  @Test
  void aSampleOfOneTokenIsRefused() {
    GradientSurvey survey =
        survey(weights(ModelFixture.of("llama")), List.of(new long[] {5}), Selection.ALL);

    assertThatThrownBy(() -> survey.look((layer, sample, gradients) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found a sequence of 1 tokens, expected at least 2");
  }

  private NDArray kept(NDArray each) {
    NDArray copy = each.duplicate();
    copy.attach(scope);
    return copy;
  }

  private ModelFixture fixture(String family) {
    return SyntheticFamilies.ALL.contains(family)
        ? SyntheticFamilies.uneven(torch, family, directory)
        : ModelFixture.of(family);
  }

  private ModelWeights weights(ModelFixture fixture) {
    return new CheckpointWeights(torch, fixture.checkpoint(), fixture.architecture());
  }

  private GradientSurvey survey(ModelWeights weights, List<long[]> samples, Selection selection) {
    return new GradientSurvey(
        weights, new StageContext(torch, weights, samples, selection, true, (done, all) -> {}));
  }
}
