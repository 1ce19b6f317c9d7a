package dev.assay.engine.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.InvalidValueException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fold.RotateParameters;
import dev.assay.engine.model.LayerModule;
import dev.assay.engine.model.ModelModule;
import dev.assay.engine.model.ModelShapes;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.recipe.Float32Copy;
import dev.assay.engine.recipe.Step;
import dev.assay.engine.run.KvCache;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.structured.DropLayersParameters;
import dev.assay.engine.structured.FlapParameters;
import dev.assay.engine.structured.Within;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of several families whose streams are sliced. */
@Tag("slow")
class SlicedModelsTest extends StreamModels {
  private static final Step RTN = new Step("rtn", new RtnParameters(8, 16, false, false));

  /** Queries in groups, biases, tied heads, fused weights, experts, layers side by side. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "mistral",
        "mixtral",
        "qwen2",
        "phi3",
        "gpt2",
        "gptj",
        "gpt_neox",
        "bloom",
        "opt",
        "qwen3",
        "falcon",
        "falcon, two norms, grouped",
        "falcon, one after the other"
      })
  void whatIsTurnedAloneComputesTheSame(String family) {
    ModelFixture fixture = fixture(family);
    Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
    NDArray before = logits(fixture, source);

    Checkpoint turned = run(fixture, source, "turned", slice(1));

    ModelSpec spec = new Families().architecture(turned);
    assertThat(spec.spec().streamWidth()).isEqualTo(spec.spec().hiddenSize());
    assertThat(spec.main().layer(0).layout().modules()).containsKey(LayerModule.ATTENTION_SHORTCUT);
    assertThat(off(logits(fixture, turned), before)).isLessThan(SAME);
  }

  /** The stream of such a model has no more to lose than what goes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "mixtral",
        "phi3",
        "gpt2",
        "gptj",
        "gpt_neox",
        "opt",
        "qwen3",
        "falcon, two norms, grouped"
      })
  void aStreamInFewDirectionsLosesNothing(String family) {
    ModelFixture fixture = fixture(family);
    Checkpoint wide = Float32Copy.of(torch, fixture, directory.resolve("float32"));
    Checkpoint source = new NarrowStream(torch, scope, wide).in(directory.resolve("narrow"), 40);
    NDArray before = logits(fixture, source);

    Checkpoint sliced = run(fixture, source, "sliced", slice(0.75));

    ModelSpec spec = new Families().architecture(sliced);
    assertThat(spec.spec().streamWidth()).isEqualTo(48);
    assertThat(off(logits(fixture, sliced), before)).isLessThan(SAME);
  }

  /** Its matrices are smaller, token by token it computes what it does at once, in 16 bits too. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "mixtral", "gpt2", "gptj", "falcon, two norms, grouped"})
  void aSlicedModelRuns(String family) {
    ModelFixture fixture = fixture(family);
    Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));

    Checkpoint sliced = run(fixture, source, "sliced", slice(0.75));

    ModelSpec spec = new Families().architecture(sliced);
    assertThat(sliced.parameters()).isEqualTo(counted(spec));
    NDArray whole = logits(fixture, sliced);
    long[][] ids = fixture.ids(scope, "input_ids");
    Execution exact = Execution.reference(torch.device());
    Execution narrow = Execution.packed(torch.device(), DType.BFLOAT16);
    try (LanguageModel model = LanguageModel.load(torch, sliced, spec, exact);
        KvCache cache = model.newCache(ids.length, ids[0].length)) {
      List<NDArray> parts = new ArrayList<>();
      parts.add(model.logits(scope, columns(ids, 0, 5), cache));
      for (int token = 5; token < ids[0].length; token++) {
        parts.add(model.logits(scope, columns(ids, token, token + 1), cache));
      }
      assertThat(off(torch.tensors().concatenate(scope, parts, 1), whole)).isLessThan(SAME);
    }
    try (LanguageModel model = LanguageModel.load(torch, sliced, spec, narrow)) {
      assertThat(model.layersInOne()).isZero();
      assertThat(off(model.logits(scope, ids), whole)).isLessThan(0.1);
    }
  }

  /** Numbers of the whole by what the shapes say. */
  private static long counted(ModelSpec spec) {
    Stack stack = spec.main();
    long width = spec.spec().streamWidth();
    long hidden = spec.spec().hiddenSize();
    long vocabulary = spec.spec().vocabularySize();
    long count = vocabulary * width + vocabulary * hidden + hidden;
    count += spec.spec().head().biased() ? vocabulary : 0;
    count +=
        stack.names().find(ModelModule.POSITIONS).isPresent()
            ? spec.spec().contextLength() * width
            : 0;
    for (int layer = 0; layer < stack.depth(); layer++) {
      var layout = stack.layer(layer).layout();
      for (LayerModule which : layout.modules().keySet()) {
        count += which.optional() ? 0 : ModelShapes.shape(stack, layer, which).size();
      }
      count +=
          layout
              .parts()
              .mapToLong(
                  linear ->
                      linear.outFeatures() * (linear.inFeatures() + (linear.biased() ? 1 : 0)))
              .sum();
    }
    return count;
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "phi3", "gpt2", "gptj"})
  void whatIsSlicedIsRoundedAfterwards(String family) {
    ModelFixture fixture = fixture(family);
    Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
    Step gptq =
        new Step("gptq", new GptqParameters(8, 16, false, true, false, true, 0.01, 128, false));
    // Of a tied head there is none of its own before the model is sliced.
    boolean tied = fixture.architecture().spec().tiedHead();
    Step beside =
        new Step(
            "rtn",
            new RtnParameters(8, 16, false, false),
            new Selection(tied ? List.of("embedding") : List.of("embedding", "head"), List.of()));

    NDArray sliced = logits(fixture, run(fixture, source, "sliced", slice(0.75)));

    for (Step[] steps : List.of(new Step[] {RTN, beside}, new Step[] {gptq})) {
      Step[] all = new Step[steps.length + 1];
      all[0] = slice(0.75);
      System.arraycopy(steps, 0, all, 1, steps.length);
      Checkpoint rounded = run(fixture, source, steps[0].stage(), all);
      ModelSpec spec = new Families().architecture(rounded);
      assertThat(spec.spec().streamWidth()).isEqualTo(48);
      assertThat(spec.main().layer(0).layout().linears())
          .allMatch(name -> spec.main().layer(0).linear(name).format().contains("int8"));
      assertThat(off(logits(fixture, rounded), sliced)).isBetween(1e-6, 0.05);
    }
  }

  /** A stage that comes before, and one that leaves what is done to some inputs. */
  @Test
  void whatWasDroppedOrTurnedIsSliced() {
    ModelFixture fixture = fixture("llama");
    Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
    Step drop =
        new Step(
            "drop-layers",
            new DropLayersParameters(
                1,
                null,
                DropLayersParameters.By.INFLUENCE,
                DropLayersParameters.Tokens.LAST,
                false));
    Step rotate =
        new Step(
            "rotate",
            new RotateParameters(
                RotateParameters.Stream.RANDOM_HADAMARD,
                RotateParameters.Heads.ACROSS,
                RotateParameters.Down.BLOCKS,
                0));

    Checkpoint fewer = run(fixture, source, "fewer", drop);
    Checkpoint both = run(fixture, source, "both", drop, slice(1));
    assertThat(off(logits(fixture, both), logits(fixture, fewer))).isLessThan(SAME);

    Checkpoint sliced = run(fixture, source, "sliced", slice(0.75));
    Checkpoint turned = run(fixture, source, "turned", rotate, slice(0.75));
    assertThat(off(logits(fixture, turned), logits(fixture, sliced))).isLessThan(1e-3);
  }

  /** Heads and channels go of what is sliced; its configuration says both. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "mixtral"})
  void whatIsSlicedIsMadeNarrower(String family) {
    ModelFixture fixture = fixture(family);
    Checkpoint source = Float32Copy.of(torch, fixture, directory.resolve("float32"));
    Step flap =
        new Step(
            "flap",
            new FlapParameters(
                0.75,
                FlapParameters.Metric.WIFV,
                family.equals("mixtral") ? Within.LAYER : Within.MODEL,
                1,
                true));

    Checkpoint both = run(fixture, source, "both", slice(0.75), flap);

    ModelSpec spec = new Families().architecture(both);
    assertThat(spec.spec().streamWidth()).isEqualTo(48);
    assertThat(both.config().path("assay").has("biases")).isTrue();
    assertThat(torch.tensors().isFinite(logits(fixture, both))).isTrue();
  }

  @Test
  void whatCannotBeSlicedIsRefused() {
    ModelFixture llama = fixture("llama");
    Checkpoint source = llama.checkpoint();
    Step drop =
        new Step(
            "drop-layers",
            new DropLayersParameters(
                1,
                List.of(0),
                DropLayersParameters.By.INFLUENCE,
                DropLayersParameters.Tokens.LAST,
                false));

    refused("t5", "t5: found an encoder and a decoder");
    refused("bert", "bert: found norms behind what adds to the stream");
    refused("opt, gelu, norms behind", "opt: found norms behind what adds to the stream");
    assertThatThrownBy(() -> run(llama, source, "drop", slice(0.75), drop))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("drop-layers: found it behind 'slicegpt', which ties layers");
    assertThatThrownBy(() -> run(llama, source, "twice", slice(0.75), slice(0.75)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("slicegpt: found it after 'slicegpt'");
    assertThatThrownBy(() -> run(llama, source, "late", RTN, slice(0.75)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("slicegpt: found it after 'rtn'");
    Step little = new Step("slicegpt", new SliceGptParameters(0.1, 8));
    assertThatThrownBy(() -> run(llama, source, "little", little))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("keep: found 0.1 of a stream of 64, in multiples of 8");
    assertThatThrownBy(() -> new SliceGptParameters(1.1, 8))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("keep");
    Checkpoint sliced = run(llama, source, "sliced", slice(0.75));
    ModelFixture again =
        new ModelFixture(sliced, new Families().architecture(sliced), llama.golden());
    assertThatThrownBy(() -> run(again, sliced, "again", slice(0.75)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("llama: found a stream that was sliced");
    assertThatThrownBy(() -> run(again, sliced, "fewer", drop))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found a stream that was sliced");
  }

  private void refused(String family, String why) {
    ModelFixture fixture = fixture(family);
    assertThatThrownBy(() -> run(fixture, fixture.checkpoint(), "refused", slice(0.75)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(why);
  }

  private static Step slice(double keep) {
    return new Step("slicegpt", new SliceGptParameters(keep, 8));
  }

  private static long[][] columns(long[][] ids, int from, int to) {
    return Arrays.stream(ids)
        .map(each -> Arrays.copyOfRange(each, from, to))
        .toArray(long[][]::new);
  }
}
