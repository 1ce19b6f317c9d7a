package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.SyntheticFamilies;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.LayerSpec;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.run.KvCache;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.structured.ChannelScore;
import dev.assay.engine.structured.FlapParameters;
import dev.assay.engine.structured.KeptOf;
import dev.assay.engine.structured.LlmPrunerParameters;
import dev.assay.engine.structured.Recovery;
import dev.assay.engine.structured.Reduction;
import dev.assay.engine.structured.Taylor;
import dev.assay.engine.structured.WidthParameters;
import dev.assay.engine.structured.Within;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of several families with fewer heads and narrower feed-forwards. */
class NarrowedModelsTest extends TorchTest {
  @TempDir Path directory;

  /** Zeroes the columns that read the first key and value head, and every fourth channel. */
  private record Silenced(boolean heads) implements Stage, LayerwiseMethod {
    @Override
    public void compress(LayerContext layer) {
      LayerSpec spec = layer.spec();
      List<LinearGroup> groups = spec.layout().groups();
      if (heads) {
        int width = spec.attention().headDimension() * spec.attention().served();
        zero(layer, groups.get(1), width, Integer.MAX_VALUE);
      }
      for (int i = spec.firstFeedForward() + 1; i < groups.size(); i += 2) {
        zero(layer, groups.get(i), 1, 4);
      }
    }

    private static void zero(LayerContext layer, LinearGroup group, int width, int each) {
      try (NDManager scope = layer.scope().newSubManager()) {
        String linear = group.linears().get(0);
        float[] values = layer.weight(linear).toFloatArray();
        int columns = Math.toIntExact(group.inFeatures());
        for (int i = 0; i < values.length; i++) {
          int column = i % columns;
          values[i] = column % each < width ? 0 : values[i];
        }
        NDArray zeroed = scope.create(values, layer.weight(linear).getShape());
        layer.storeDense(linear, layer.torch().tensors().copy(scope, zeroed), null);
      }
    }
  }

  private static StageRegistry silencing() {
    return new StageRegistry(
        List.of(new StageType<>("silence", "silence", Silenced.class, stage -> stage)));
  }

  /**
   * What gives nothing can go: the narrower model computes what the whole one did, and is one of
   * its family by its own configuration.
   */
  @ParameterizedTest
  @CsvSource({
    "llama,true",
    "mistral,true",
    "qwen2,true",
    "qwen3,true",
    "phi3,true",
    "gemma2,true",
    "mixtral,true",
    "gpt2,true",
    "gpt_neox,true",
    "gptj,true",
    "opt,true",
    "bloom,false",
    "falcon,false",
    "'falcon, two norms, grouped',true",
    "'falcon, one after the other',false"
  })
  void whatGivesNothingCanGo(String family, boolean heads) {
    ModelFixture fixture =
        SyntheticFamilies.ALL.contains(family)
            ? SyntheticFamilies.uneven(torch, family, directory.resolve("synthetic"))
            : ModelFixture.of(family);
    ModelSpec whole = fixture.architecture();
    Checkpoint silent =
        run(
            silencing(),
            fixture.checkpoint(),
            fixture,
            "silent",
            new Step("silence", new Silenced(heads)));
    int all = whole.main().layer(0).attention().keyValueHeads();
    List<Step> steps = new ArrayList<>();
    steps.add(step("prune-channels", 0.75, Recovery.NONE));
    if (heads) {
      steps.add(step("prune-heads", 1 - 1.0 / all, Recovery.NONE));
    }
    Checkpoint narrow =
        run(StageRegistry.load(), silent, fixture, "narrow", steps.toArray(Step[]::new));

    ModelSpec spec = new Families().architecture(narrow);
    for (LayerSpec layer : spec.main().layers()) {
      LayerSpec before = whole.main().layer(0);
      assertThat(layer.attention().keyValueHeads()).isEqualTo(heads ? all - 1 : all);
      assertThat(layer.attention().served()).isEqualTo(before.attention().served());
      assertThat(layer.attention().headDimension()).isEqualTo(before.attention().headDimension());
      int width = before.feedForward().intermediateSize();
      assertThat(layer.feedForward().intermediateSize()).isEqualTo(width - width / 4);
    }
    ModelSpec told = whole;
    for (Step step : steps) {
      told = StageRegistry.load().method(step).mayLeave(told, step.selection()).get(0);
    }
    assertThat(new Families().saysLayers(silent.config(), told))
        .as("what can be told beforehand")
        .isEqualTo(said(family));
    assertThat(narrow.config().path("assay").has("layers"))
        .as("what other tools cannot read")
        .isEqualTo(!said(family));
    NDArray expected = logits(silent, whole, fixture);
    assertThat(Agreement.of(logits(narrow, spec, fixture), expected).greatestDifference())
        .isLessThanOrEqualTo(1e-5 * Math.max(1, expected.abs().max().getFloat()));
  }

  /** Families whose configurations have keys for both numbers. */
  private static boolean said(String family) {
    return List.of("llama", "mistral", "qwen2", "qwen3", "phi3", "gemma2", "mixtral")
            .contains(family)
        || family.startsWith("falcon") && !family.contains("grouped");
  }

  /** Of two heads, three quarters are two. */
  @Test
  void aShareThatLeavesAllIsKnownBefore() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    int heads = fixture.architecture().main().layer(0).attention().keyValueHeads();
    PipelineCheck check = new PipelineCheck(fixture.architecture(), StageRegistry.load());
    Step nearly = step("prune-heads", 1 - 0.5 / heads, Recovery.NONE);
    assertThat(check.idle(List.of(nearly)))
        .containsExactly(
            "stage prune-heads leaves the model as it is: keep: found %s, by which %d of %d key and value heads of a layer stay"
                .formatted(1 - 0.5 / heads, heads, heads));
    assertThat(check.idle(List.of(step("prune-heads", 0.5, Recovery.NONE)))).isEmpty();
    assertThat(
            check.idle(
                RecipeText.steps(
                    directory, List.of("prune-heads: {keep: 0.5, targets: ['mlp.*']}"))))
        .hasSize(1)
        .allMatch(text -> text.contains("leaves the model as it is: targets and ignore"));
    // Channels go.
    assertThat(check.idle(List.of(step("prune-width", 1 - 0.5 / heads, Recovery.NONE)))).isEmpty();
  }

  /** The widths of heads stand in the configuration where they no longer follow. */
  @Test
  void theWidthOfHeadsIsWritten() {
    ModelFixture fixture = ModelFixture.of("llama");
    int heads = fixture.architecture().main().layer(0).attention().heads();

    Checkpoint narrow = run(fixture, "narrow", step("prune-heads", 0.5, Recovery.NONE));

    JsonNode config = narrow.config();
    assertThat(config.path("num_attention_heads").intValue()).isEqualTo(heads / 2);
    assertThat(config.path("num_key_value_heads").intValue())
        .isEqualTo(fixture.architecture().main().layer(0).attention().keyValueHeads() / 2);
    assertThat(config.path("head_dim").intValue())
        .isEqualTo(fixture.architecture().main().layer(0).attention().headDimension());
    assertThat(config.has("assay")).isFalse();
  }

  /** Without a word for it the family's loader would misread what is left: it is refused. */
  @ParameterizedTest
  @CsvSource({
    "head_dim,prune-heads",
    "intermediate_size,prune-channels",
    "num_key_value_heads,prune-heads"
  })
  void whatWouldBeMisreadIsRefused(String key, String stage) throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint narrow = run(fixture, "narrow", step(stage, 0.5, Recovery.NONE));
    ObjectNode config = narrow.config().deepCopy();
    if (key.equals("head_dim")) {
      config.remove(key);
    } else {
      config.set(key, fixture.checkpoint().config().get(key));
    }
    Path file = narrow.directory().resolve("config.json");
    Files.writeString(file, new ObjectMapper().writeValueAsString(config));

    assertThatThrownBy(() -> new Families().architecture(Checkpoint.open(narrow.directory())))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("config.json");
  }

  /** As much of the whole model stays as is asked for, from heads and channels alone. */
  @ParameterizedTest
  @CsvSource({"prune-channels,0.8", "prune-width,0.7", "flap,0.7", "llm-pruner,0.7"})
  void aShareOfTheModelStays(String stage, double keep) {
    ModelFixture fixture = ModelFixture.of("llama");
    Stage parameters =
        switch (stage) {
          case "flap" ->
              new FlapParameters(
                  keep, FlapParameters.Metric.WIFV, Within.MODEL, 1, false, KeptOf.MODEL);
          case "llm-pruner" ->
              new LlmPrunerParameters(
                  keep, Taylor.FIRST, Reduction.SUM, false, 1, Recovery.NONE, KeptOf.MODEL);
          default ->
              new WidthParameters(
                  keep, ChannelScore.MAGNITUDE, Within.LAYER, 1, Recovery.NONE, KeptOf.MODEL);
        };

    Checkpoint narrow = run(fixture, "narrow", new Step(stage, parameters));

    // A head, and a channel, of each layer are more than nothing.
    LayerSpec layer = fixture.architecture().main().layer(0);
    long hidden = fixture.architecture().spec().hiddenSize();
    long head = 2 * hidden * layer.attention().headDimension() * (layer.attention().served() + 1);
    double off = keep * fixture.checkpoint().parameters() - narrow.parameters();
    double coarse = stage.equals("prune-channels") ? 3.0 * hidden : head;
    assertThat(Math.abs(off)).isLessThanOrEqualTo(coarse * fixture.architecture().layers());
  }

  @Test
  void aShareThatTheRestAloneExceedsIsRefused() {
    WidthParameters most =
        new WidthParameters(
            0.1, ChannelScore.MAGNITUDE, Within.LAYER, 1, Recovery.NONE, KeptOf.MODEL);
    assertThatThrownBy(() -> run("llama", new Step("prune-channels", most)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("stage prune-channels: keep: found 0.1 of the model's parameters");
  }

  /** A model with biases that its family has not runs token by token as it does at once. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "phi3", "mixtral"})
  void whatMakesUpForHeadsRunsTokenByToken(String family) {
    ModelFixture fixture = ModelFixture.of(family);

    Checkpoint narrow = run(fixture, "biased", step("prune-width", 0.5, Recovery.AFFINE));

    ModelSpec spec = new Families().architecture(narrow);
    assertThat(narrow.config().path("assay").path("biases")).isNotEmpty();
    long[] prompt = fixture.ids(scope, "input_ids")[0];
    try (LanguageModel model =
        LanguageModel.load(torch, narrow, spec, Execution.reference(torch.device()))) {
      NDArray atOnce = model.logits(scope, new long[][] {prompt});
      KvCache cache = model.newCache(1, prompt.length);
      for (int i = 0; i < prompt.length; i++) {
        NDArray step = model.logits(scope, new long[][] {{prompt[i]}}, cache);
        NDArray expected = atOnce.get(":, " + i + ":" + (i + 1));
        assertThat(Agreement.of(step, expected).greatestDifference()).isLessThan(1e-3);
      }
    }
  }

  /** The more makes up for what went, the nearer outputs are. */
  @Test
  void whatIsLeftMakesUpForWhatWent() {
    ModelFixture fixture = ModelFixture.of("llama");
    NDArray whole = logits(fixture.checkpoint(), fixture.architecture(), fixture);
    double before = Double.POSITIVE_INFINITY;
    for (Recovery recovery : List.of(Recovery.NONE, Recovery.MEAN, Recovery.AFFINE)) {
      Checkpoint narrow = run(fixture, recovery.name(), step("prune-channels", 0.5, recovery));
      NDArray logits = logits(narrow, new Families().architecture(narrow), fixture);
      double off = logits.sub(whole).square().mean().getFloat();
      assertThat(off).as(recovery.name()).isLessThan(before);
      before = off;
    }
  }

  /** A run that was interrupted goes on with the layers that it had narrowed. */
  @ParameterizedTest
  @EnumSource(Recovery.class)
  void whatWasNarrowedIsTakenUp(Recovery recovery) {
    ModelFixture fixture = ModelFixture.of("llama");
    Step[] steps = {step("prune-width", 0.5, recovery)};
    String whole = run(fixture, "whole", steps).sha256();
    Path target = directory.resolve("interrupted");
    assertThatThrownBy(
            () ->
                new Pipeline(torch, fixture.architecture(), StageRegistry.load())
                    .run(
                        fixture.checkpoint(),
                        List.of(steps),
                        Arrays.asList(fixture.ids(scope, "input_ids")),
                        target,
                        (stage, done, layers) -> {
                          if (done == 2) {
                            throw new IllegalStateException("interrupted");
                          }
                        }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(run(fixture, "interrupted", steps).sha256()).isEqualTo(whole);
  }

  /** What is left can be rounded. */
  @Test
  void whatIsLeftCanBeRounded() {
    ModelFixture fixture = ModelFixture.of("llama");
    Step rtn = new Step("rtn", new RtnParameters(4, 16, false, false));

    Checkpoint both = run(fixture, "both", step("prune-width", 0.5, Recovery.NONE), rtn);

    LayerSpec layer = new Families().architecture(both).main().layer(0);
    assertThat(layer.linear("mlp.down_proj").format()).contains("int4");
    assertThat(layer.layout().linear("mlp.down_proj").inFeatures()).isEqualTo(80);
  }

  /**
   * Layers may differ, which is in Assay's section; those that the stage leaves alone are whole.
   */
  @Test
  void layersMayDiffer() {
    ModelFixture fixture = ModelFixture.of("llama");
    WidthParameters half =
        new WidthParameters(0.5, ChannelScore.MAGNITUDE, Within.LAYER, 1, Recovery.NONE);
    Step first = new Step("prune-width", half, new Selection(List.of("layers.0"), List.of()));

    Checkpoint narrow = run(fixture, "first", first);

    ModelSpec spec = new Families().architecture(narrow);
    assertThat(spec.main().layer(0).feedForward().intermediateSize()).isEqualTo(80);
    assertThat(spec.main().layer(1)).isEqualTo(fixture.architecture().main().layer(1));
    assertThat(narrow.config().path("assay").path("layers")).hasSize(1);
    assertThat(narrow.config().path("intermediate_size").intValue()).isEqualTo(160);
    NDArray logits = logits(narrow, spec, fixture);
    assertThat(torch.tensors().isFinite(logits)).isTrue();
  }

  /** What reads heads and channels is fitted in place of the bias, nearer on the same text. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "phi3", "opt"})
  void flapMayFitWeightsInPlaceOfABias(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    NDArray before = logits(fixture.checkpoint(), fixture.architecture(), fixture);
    double bias = off(fixture, run(fixture, "bias", flap(null)), before);
    Checkpoint fitted = run(fixture, "fitted", flap(Recovery.LEAST_SQUARES));
    Checkpoint affine = run(fixture, "affine", flap(Recovery.AFFINE));

    assertThat(off(fixture, fitted, before)).isLessThan(bias);
    assertThat(off(fixture, affine, before)).isLessThan(bias);
    assertThat(fitted.config().path("assay").has("biases")).isFalse();
  }

  private static Step flap(@Nullable Recovery recovery) {
    return new Step(
        "flap",
        new FlapParameters(0.5, FlapParameters.Metric.WIFV, Within.MODEL, 1, true, null, recovery));
  }

  private double off(ModelFixture fixture, Checkpoint checkpoint, NDArray before) {
    NDArray found = logits(checkpoint, new Families().architecture(checkpoint), fixture);
    return found.sub(before).square().mean().getFloat();
  }

  @Test
  void flapIsToldOneWayToMakeUp() {
    for (Recovery other : List.of(Recovery.NONE, Recovery.MEAN)) {
      assertThatThrownBy(() -> flap(other))
          .isInstanceOf(InvalidValueException.class)
          .hasMessageContaining("recovery")
          .hasMessageContaining("expected least-squares or affine");
    }
    assertThatThrownBy(
            () ->
                new FlapParameters(
                    0.5, FlapParameters.Metric.WIFV, Within.MODEL, 1, false, null, Recovery.AFFINE))
        .hasMessageContaining("bias: found false");
  }

  /** Channels come in multiples, and no layer loses all of its heads. */
  @Test
  void widthsAreMultiples() {
    ModelFixture fixture = ModelFixture.of("llama");
    FlapParameters flap = new FlapParameters(0.1, FlapParameters.Metric.IFV, Within.MODEL, 8, true);

    Checkpoint narrow = run(fixture, "flap", new Step("flap", flap));

    for (LayerSpec layer : new Families().architecture(narrow).main().layers()) {
      assertThat(layer.feedForward().intermediateSize() % 8).isZero();
      assertThat(layer.attention().keyValueHeads()).isPositive();
    }
  }

  @Test
  void whatCannotBeNarrowedIsRefused() {
    assertThatThrownBy(() -> run("bloom", step("prune-heads", 0.5, Recovery.NONE)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("positions that each head weighs in its own way");
    assertThatThrownBy(() -> run("t5", step("prune-heads", 0.5, Recovery.NONE)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("an encoder and a decoder");
    WidthParameters model =
        new WidthParameters(0.5, ChannelScore.MAGNITUDE, Within.MODEL, 1, Recovery.NONE);
    assertThatThrownBy(() -> run("mixtral", new Step("prune-channels", model)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("within: found model with a mixture of experts");
    Step rtn = new Step("rtn", new RtnParameters(4, 16, false, false));
    assertThatThrownBy(() -> run("llama", rtn, step("prune-width", 0.5, Recovery.NONE)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("makes layers narrower, after 'rtn'");
    Step pairs = new Step("magnitude", new MagnitudeParameters(new Sparsity.NofM(2, 4)));
    assertThatThrownBy(() -> run("llama", step("prune-channels", 0.49, Recovery.NONE), pairs))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("mlp.down_proj [64, 79]");
    Step flap =
        new Step(
            "flap", new FlapParameters(0.7, FlapParameters.Metric.WIFV, Within.MODEL, 1, true));
    assertThatThrownBy(() -> run("llama", flap, pairs))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("stage magnitude: model.layers.");
  }

  private static Step step(String stage, double keep, Recovery recovery) {
    return new Step(
        stage, new WidthParameters(keep, ChannelScore.MAGNITUDE, Within.LAYER, 1, recovery));
  }

  private NDArray logits(Checkpoint checkpoint, ModelSpec spec, ModelFixture fixture) {
    try (LanguageModel model =
        LanguageModel.load(torch, checkpoint, spec, Execution.reference(torch.device()))) {
      return model.logits(scope, fixture.ids(scope, "input_ids"));
    }
  }

  private Checkpoint run(String family, Step... steps) {
    return run(ModelFixture.of(family), "refused", steps);
  }

  private Checkpoint run(ModelFixture fixture, String name, Step... steps) {
    return run(StageRegistry.load(), fixture.checkpoint(), fixture, name, steps);
  }

  private Checkpoint run(
      StageRegistry registry, Checkpoint source, ModelFixture fixture, String name, Step... steps) {
    Path target = directory.resolve(name);
    new Pipeline(torch, new Families().architecture(source), registry)
        .run(
            source,
            List.of(steps),
            Arrays.asList(fixture.ids(scope, "input_ids")),
            target,
            (stage, done, layers) -> {});
    return Checkpoint.open(target);
  }
}
