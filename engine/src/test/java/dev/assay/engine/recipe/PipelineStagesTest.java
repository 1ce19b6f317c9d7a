package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerwiseMethod;
import dev.assay.engine.calibration.PlannedMethod;
import dev.assay.engine.calibration.Propagation;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Require;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.learned.AdaRoundParameters;
import dev.assay.engine.learned.AutoRoundParameters;
import dev.assay.engine.learned.OmniQuantParameters;
import dev.assay.engine.lowrank.FwsvdParameters;
import dev.assay.engine.lowrank.SvdLlmParameters;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.OutlierBudgets;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import dev.assay.engine.quantize.AwqParameters;
import dev.assay.engine.quantize.CastParameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.torch.DType;
import dev.assay.engine.toy.ToyStages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Several stages in a row: what passes between them, and what an interrupted run leaves. */
@Tag("slow")
class PipelineStagesTest extends TorchTest {
  @TempDir Path directory;

  static List<String> families() {
    return FamilyFixtures.ALL;
  }

  private static Step prune24() {
    return new Step("wanda", new WandaParameters(Sparsity.parse("2:4")));
  }

  private static Step rtn(int bits, boolean symmetric) {
    return new Step("rtn", new RtnParameters(bits, 16, symmetric, false));
  }

  private static Step gptq(boolean actOrder) {
    return new Step(
        "gptq", new GptqParameters(4, 16, false, actOrder, false, true, 0.01, 128, false));
  }

  private static Step awq() {
    return new Step("awq", new AwqParameters(4, 16, true, true, 4, false, true, 0.5, 512));
  }

  private Checkpoint run(String name, ModelFixture fixture, StageRegistry stages, Step... steps) {
    Path target = directory.resolve(name);
    new Pipeline(torch, fixture.architecture(), stages)
        .run(
            fixture.checkpoint(),
            List.of(steps),
            samples(fixture),
            target,
            (stage, finished, layers) -> {});
    assertThat(directory.resolve("." + name + "-working")).doesNotExist();
    return Checkpoint.open(target);
  }

  private static List<long[]> samples(ModelFixture fixture) {
    Random random = new Random(7);
    List<long[]> samples = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      samples.add(random.longs(32, 0, fixture.architecture().spec().vocabularySize()).toArray());
    }
    return samples;
  }

  /** Zeros of two in four columns outlive rounding to a symmetric grid, which has a 0. */
  @ParameterizedTest
  @MethodSource("families")
  void prunedThenRoundedKeepsItsPattern(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Checkpoint artifact = run("pruned", fixture, StageRegistry.load(), prune24(), rtn(8, true));

    ModelSpec spec = new Families().architecture(artifact);
    for (Stack stack : spec.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (List<Linear> parts : stack.layer(layer).layout().stored().values()) {
          String name = stack.names().inLayer(layer, parts.get(0).tensor());
          NDArray values = artifact.linear(torch, scope, name).dequantize(torch, scope);
          NDArray kept =
              values.reshape(-1, 4).neq(0).toType(ai.djl.ndarray.types.DataType.INT32, false);
          assertThat(kept.sum(new int[] {1}).max().getLong()).as(name).isLessThanOrEqualTo(2);
          assertThat(
                  spec.stacks()
                      .get(spec.stacks().indexOf(stack))
                      .layer(layer)
                      .linear(parts.get(0).name())
                      .format())
              .isEqualTo("int8 g16");
        }
      }
    }
    runs(fixture, artifact);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void threeStagesAfterOneAnother(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Step[] steps = {
      new Step("magnitude", new MagnitudeParameters(Sparsity.parse("0.25"))), prune24(), gptq(false)
    };
    Checkpoint artifact = run("three", fixture, StageRegistry.load(), steps);
    Checkpoint again = run("again", fixture, StageRegistry.load(), steps);
    Checkpoint last = run("last", fixture, StageRegistry.load(), steps[2]);
    Checkpoint lastTwo = run("two", fixture, StageRegistry.load(), steps[1], steps[2]);

    assertThat(artifact.sha256()).isEqualTo(again.sha256());
    assertThat(List.of(artifact.sha256(), last.sha256(), lastTwo.sha256()))
        .as("each stage tells")
        .doesNotHaveDuplicates();
    runs(fixture, artifact);
  }

  private void runs(ModelFixture fixture, Checkpoint artifact) {
    ModelFixture compressed =
        new ModelFixture(artifact, new Families().architecture(artifact), fixture.golden());
    NDArray outputs = FamilyFixtures.outputs(torch, scope, compressed, artifact);
    assertThat(torch.tensors().isFinite(outputs)).isTrue();
  }

  /** Multiplies weights by a factor that no 16-bit type keeps. */
  private record Scale(double factor) implements Stage, LayerwiseMethod {
    Scale {
      Require.that(factor > 0, "factor", factor, "above 0");
    }

    @Override
    public void compress(LayerContext layer) {
      layer
          .layout()
          .linears()
          .forEach(name -> layer.storeDense(name, layer.weight(name).mul((float) factor), null));
    }
  }

  /** The same and rounding to bfloat16 in one. */
  private record ScaleTwice(double factor) implements Stage, LayerwiseMethod {
    @Override
    public void compress(LayerContext layer) {
      layer
          .layout()
          .linears()
          .forEach(
              name ->
                  layer.storeDense(
                      name, layer.weight(name).mul((float) factor).mul((float) factor), null));
    }
  }

  private static StageRegistry scaling() {
    List<StageType<?>> types = new ArrayList<>(StageRegistry.load().all());
    types.add(new StageType<>("scale", "scale", Scale.class, stage -> stage));
    types.add(new StageType<>("twice", "twice", ScaleTwice.class, stage -> stage));
    return new StageRegistry(types);
  }

  @Test
  void nothingIsRoundedBetweenStages() {
    ModelFixture fixture = narrow();
    Step half = new Step("scale", new Scale(1.2345678));
    Checkpoint stages = run("stages", fixture, scaling(), half, half);
    Checkpoint once = run("once", fixture, scaling(), new Step("twice", new ScaleTwice(1.2345678)));
    Checkpoint first = run("first", fixture, scaling(), half);
    ModelFixture rounded = new ModelFixture(first, fixture.architecture(), fixture.golden());
    Checkpoint halfway = run("halfway", rounded, scaling(), half);

    assertThat(stages.info("model.layers.0.mlp.up_proj.weight").dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(stages.sha256()).isEqualTo(once.sha256());
    assertThat(halfway.sha256()).as("rounded half-way").isNotEqualTo(once.sha256());
  }

  /** Unless a stage says so. */
  @Test
  void aCastRoundsWhereItStands() {
    ModelFixture fixture = ModelFixture.of("llama");
    Step cast = new Step("cast", new CastParameters(bfloat16()));
    Step scale = new Step("scale", new Scale(1.2345678));
    Checkpoint stages = run("stages", fixture, scaling(), cast, scale);
    ModelFixture narrow = narrow();
    Checkpoint apart = run("apart", narrow, scaling(), scale);

    assertThat(stages.sha256()).isEqualTo(apart.sha256());
  }

  private static DType bfloat16() {
    return DType.BFLOAT16;
  }

  private ModelFixture narrow() {
    ModelFixture fixture = ModelFixture.of("llama");
    Checkpoint narrow =
        run(
            "narrow",
            fixture,
            StageRegistry.load(),
            new Step("cast", new CastParameters(bfloat16())));
    return new ModelFixture(narrow, new Families().architecture(narrow), fixture.golden());
  }

  /** Ends a run. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Counts the layers that it is shown. */
  private record Counted(LayerwiseMethod method, AtomicInteger layers) implements LayerwiseMethod {
    @Override
    public Set<Statistic> statistics() {
      return method.statistics();
    }

    @Override
    public Propagation propagation() {
      return method.propagation();
    }

    @Override
    public void compress(LayerContext layer) {
      layers.incrementAndGet();
      method.compress(layer);
    }
  }

  private static StageRegistry counting(AtomicInteger layers) {
    List<StageType<?>> types = new ArrayList<>();
    for (StageType<?> type : ToyStages.registry().all()) {
      types.add(counted(type, layers));
    }
    return new StageRegistry(types);
  }

  private static <P extends Stage> StageType<P> counted(StageType<P> type, AtomicInteger layers) {
    return new StageType<>(
        type.name(),
        type.summary(),
        type.parameters(),
        parameters -> counted(type.method().apply(parameters), layers));
  }

  private static CompressionMethod counted(CompressionMethod method, AtomicInteger layers) {
    if (method instanceof PlannedMethod planned) {
      return new PlannedMethod() {
        @Override
        public Set<Statistic> statistics() {
          return planned.statistics();
        }

        @Override
        public LayerwiseMethod plan(LayerSurvey survey) {
          return new Counted(planned.plan(survey), layers);
        }
      };
    }
    return method instanceof LayerwiseMethod layerwise ? new Counted(layerwise, layers) : method;
  }

  /** One stack of layers, fused and transposed weights, two stacks, experts. */
  static List<String> kinds() {
    return List.of("llama", "gpt2", "t5", "mixtral");
  }

  /** What is planned is planned anew, from the model as it was. */
  @ParameterizedTest
  @MethodSource("kinds")
  void anInterruptedPlannedRunGoesOnAtItsLayer(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Step[] steps = {
      new Step(
          "magnitude",
          new MagnitudeParameters(Sparsity.parse("0.3"), MagnitudeParameters.Within.MODEL, null)),
      new Step("wanda", new WandaParameters(Sparsity.parse("0.5"), new OutlierBudgets(3, 0.1)))
    };
    String whole = goesOn(fixture, steps);

    int made = steps.length * fixture.architecture().layers() - 1;
    Path late = directory.resolve("killed-late");
    assertThatThrownBy(() -> pipeline(fixture, new AtomicInteger(), late, steps, made))
        .isInstanceOf(Killed.class);
    assertMade(fixture, late, steps, 1, whole);
  }

  /** Killed after any layer of any stage, a run goes on there and makes the same artifact. */
  @ParameterizedTest
  @MethodSource("kinds")
  void anInterruptedRunGoesOnAtItsLayer(String family) {
    ModelFixture fixture = ModelFixture.of(family);
    Step[] steps = {prune24(), gptq(true), awq()};
    String whole = goesOn(fixture, steps);

    int made = steps.length * fixture.architecture().layers() - 2;
    Path late = directory.resolve("killed-late");
    assertThatThrownBy(() -> pipeline(fixture, new AtomicInteger(), late, steps, made))
        .isInstanceOf(Killed.class);
    assertMade(fixture, late, steps, 2, whole);
  }

  static Stream<Arguments> learned() {
    return kinds().stream()
        .flatMap(
            family ->
                Stream.of(
                    Arguments.of(
                        family,
                        new Step(
                            "autoround",
                            new AutoRoundParameters(3, 16, false, 5, null, true, 2, 1))),
                    Arguments.of(
                        family,
                        new Step(
                            "adaround",
                            new AdaRoundParameters(
                                3, 16, false, false, 5, 0.1, 0.01, 0.2, 20, 2, 32, 1))),
                    Arguments.of(
                        family,
                        new Step(
                            "omniquant", new OmniQuantParameters(3, 16, false, 2, 0.05, 0, 2)))));
  }

  /** Of inputs that flow twice both go on. */
  @Test
  void anInterruptedUpdateGoesOnAtItsLayer() {
    goesOn(ModelFixture.of("llama"), new Step("svd-llm", new SvdLlmParameters(0.6, true)));
  }

  /** Gradients are those of the model as it was. */
  @Test
  void anInterruptedFactoringGoesOnAtItsLayer() {
    goesOn(ModelFixture.of("gpt2"), new Step("fwsvd", new FwsvdParameters(0.6)));
  }

  /** What is learned is the same again, to the last bit, and goes on as what is computed. */
  @ParameterizedTest
  @MethodSource("learned")
  void anInterruptedLearningGoesOnAtItsLayer(String family, Step learning) {
    goesOn(ModelFixture.of(family), learning);
  }

  private String goesOn(ModelFixture fixture, Step... steps) {
    String whole = run("whole", fixture, counting(new AtomicInteger()), steps).sha256();
    int all = steps.length * fixture.architecture().layers();
    Path target = directory.resolve("killed");
    // Killed again after every layer, so that each is made once and read back ever after.
    for (int at = 1; at < all; at++) {
      AtomicInteger made = new AtomicInteger();
      assertThatThrownBy(() -> pipeline(fixture, made, target, steps, 1))
          .isInstanceOf(Killed.class);
      assertThat(target).doesNotExist();
      assertThat(made.get()).as("layers made when killed at %d", at).isEqualTo(1);
    }
    assertMade(fixture, target, steps, 1, whole);
    return whole;
  }

  private void assertMade(ModelFixture fixture, Path target, Step[] steps, int left, String whole) {
    AtomicInteger made = new AtomicInteger();
    List<Pipeline.StageOutcome> outcomes =
        pipeline(fixture, made, target, steps, Integer.MAX_VALUE);
    assertThat(made.get()).as("layers that were left").isEqualTo(left);
    assertThat(outcomes).hasSize(steps.length);
    assertThat(outcomes).allSatisfy(stage -> assertThat(stage.linears()).isNotEmpty());
    assertThat(Checkpoint.open(target).sha256()).isEqualTo(whole);
  }

  private List<Pipeline.StageOutcome> pipeline(
      ModelFixture fixture, AtomicInteger layers, Path target, Step[] steps, int deadline) {
    return new Pipeline(torch, fixture.architecture(), counting(layers))
        .run(
            fixture.checkpoint(),
            List.of(steps),
            samples(fixture),
            target,
            (stage, finished, all) -> {
              if (layers.get() >= deadline) {
                throw new Killed();
              }
            });
  }

  /**
   * A file that a power cut left torn is no layer that is done; of a finished stage it is an error.
   */
  @Test
  void tornFilesAreNotTakenForLayers() throws IOException {
    ModelFixture fixture = ModelFixture.of("llama");
    Step[] steps = {prune24(), gptq(true)};
    String whole = run("whole", fixture, counting(new AtomicInteger()), steps).sha256();
    int layers = fixture.architecture().layers();
    Path target = directory.resolve("torn");
    Path working = Pipeline.working(target);
    assertThatThrownBy(() -> pipeline(fixture, new AtomicInteger(), target, steps, layers + 1))
        .isInstanceOf(Killed.class);
    Files.write(working.resolve("1").resolve("0-0.json"), new byte[0]);
    AtomicInteger second = new AtomicInteger();
    assertThatThrownBy(() -> pipeline(fixture, second, target, steps, 1))
        .isInstanceOf(Killed.class);
    assertThat(second.get()).as("the torn layer alone").isEqualTo(1);

    Path finished = working.resolve("0").resolve("0-0.safetensors");
    byte[] bytes = Files.readAllBytes(finished);
    Files.write(finished, new byte[8]);
    assertThatThrownBy(
            () -> pipeline(fixture, new AtomicInteger(), target, steps, Integer.MAX_VALUE))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("0-0.json: what a stage changed cannot be read");
    Files.write(finished, bytes);
    pipeline(fixture, new AtomicInteger(), target, steps, Integer.MAX_VALUE);
    assertThat(Checkpoint.open(target).sha256()).isEqualTo(whole);
  }

  /** Wants of a linear what no layer has. */
  private record Refused() implements Stage, LayerwiseMethod {
    @Override
    public void compress(LayerContext layer) {
      if (layer.index() == 1) {
        throw new BadInputException("layer 1: found nothing, expected something");
      }
    }
  }

  /** What a stage refuses it would refuse again. */
  @Test
  void whatIsRefusedLeavesNothing() {
    ModelFixture fixture = ModelFixture.of("llama");
    StageRegistry registry =
        new StageRegistry(
            List.of(new StageType<>("refused", "refused", Refused.class, stage -> stage)));

    assertThatThrownBy(() -> run("refused", fixture, registry, new Step("refused", new Refused())))
        .isInstanceOf(BadInputException.class)
        .hasMessage("layer 1: found nothing, expected something");

    assertThat(Pipeline.working(directory.resolve("refused"))).doesNotExist();
    assertThat(directory.resolve("refused")).doesNotExist();
  }

  /** What another recipe left is of no use. */
  @Test
  void otherStepsBeginAnew() {
    ModelFixture fixture = ModelFixture.of("llama");
    Path target = directory.resolve("artifact");
    assertThatThrownBy(
            () -> pipeline(fixture, new AtomicInteger(), target, new Step[] {prune24()}, 1))
        .isInstanceOf(Killed.class);
    AtomicInteger layers = new AtomicInteger();
    pipeline(fixture, layers, target, new Step[] {gptq(false)}, Integer.MAX_VALUE);

    assertThat(layers.get()).isEqualTo(fixture.architecture().layers());
    assertThat(Checkpoint.open(target).sha256())
        .isEqualTo(run("alone", fixture, StageRegistry.load(), gptq(false)).sha256());
  }

  @Test
  void aSelectionLeavesTheRestAsItWas() {
    ModelFixture fixture = ModelFixture.of("llama");
    Selection some = new Selection(List.of("mlp.*"), List.of("model.layers.1.mlp.up_proj"));
    Step step = new Step("rtn", new RtnParameters(4, 16, false, false), some);
    Checkpoint artifact = run("some", fixture, StageRegistry.load(), step);

    ModelSpec spec = new Families().architecture(artifact);
    assertThat(spec.main().layer(0).linear("mlp.up_proj").format()).isEqualTo("int4 g16");
    assertThat(spec.main().layer(1).linear("mlp.up_proj").format()).isEqualTo("dense");
    assertThat(spec.main().layer(1).linear("mlp.down_proj").format()).isEqualTo("int4 g16");
    String name = "model.layers.0.self_attn.q_proj.weight";
    assertThat(artifact.tensor(torch, scope, name))
        .isEqualTo(fixture.checkpoint().tensor(torch, scope, name));
    runs(fixture, artifact);
  }

  @Test
  void methodsWithStatisticsHeedASelection() {
    ModelFixture fixture = ModelFixture.of("llama");
    Selection some =
        new Selection(List.of("re:.*[13]\\.self_attn\\.[qk]_proj", "*down_proj"), List.of());
    for (Step step : List.of(gptq(true), awq(), prune24())) {
      Step selected = new Step(step.stage(), step.parameters(), some);
      Checkpoint artifact = run(step.stage(), fixture, StageRegistry.load(), selected);
      String left = "model.layers.0.self_attn.q_proj";
      assertThat(artifact.linear(torch, scope, left).dequantize(torch, scope))
          .as(step.stage())
          .isEqualTo(fixture.checkpoint().linear(torch, scope, left).dequantize(torch, scope));
      String taken = "model.layers.1.self_attn.q_proj";
      assertThat(artifact.linear(torch, scope, taken).dequantize(torch, scope))
          .as(step.stage())
          .isNotEqualTo(fixture.checkpoint().linear(torch, scope, taken).dequantize(torch, scope));
      runs(fixture, artifact);
    }
  }

  @Test
  void mixedPrecisionIsTwoStagesThatSelectApart() {
    ModelFixture fixture = ModelFixture.of("llama");
    Selection down = new Selection(List.of("mlp.down_proj"), List.of());
    Selection rest = new Selection(List.of(), List.of("mlp.down_proj"));
    Step eight = new Step("rtn", new RtnParameters(8, 16, true, false), down);
    Step four = new Step("rtn", new RtnParameters(4, 16, true, false), rest);
    Checkpoint artifact = run("mixed", fixture, StageRegistry.load(), eight, four);

    ModelSpec spec = new Families().architecture(artifact);
    assertThat(spec.main().layer(0).linear("mlp.down_proj").format()).isEqualTo("int8 g16");
    assertThat(spec.main().layer(0).linear("mlp.up_proj").format()).isEqualTo("int4 g16");
    runs(fixture, artifact);
    Step both = new Step("rtn", new RtnParameters(4, 16, true, false), Selection.ALL);
    assertThatThrownBy(() -> run("both", fixture, StageRegistry.load(), eight, both))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("layers.0.mlp.down_proj: found it selected by 'rtn'");
  }

  @Test
  void aSelectionOfNothingIsRefused() {
    ModelFixture fixture = ModelFixture.of("llama");
    RtnParameters parameters = new RtnParameters(4, 16, false, false);
    Selection none = new Selection(List.of("mlp.nothing"), List.of());
    Selection all = new Selection(List.of(), List.of("*"));

    assertThatThrownBy(
            () -> run("none", fixture, StageRegistry.load(), new Step("rtn", parameters, none)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found 'mlp.nothing', which is no linear of the model")
        .hasMessageContaining("mlp.down_proj");
    assertThatThrownBy(
            () -> run("all", fixture, StageRegistry.load(), new Step("rtn", parameters, all)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("found no linear selected");
    assertThat(Files.exists(directory.resolve("none"))).isFalse();
  }

  @Test
  void aCastOfSomeIsRefused() {
    Selection some = new Selection(List.of("mlp.*"), List.of());
    Step cast = new Step("cast", new CastParameters(bfloat16()), some);

    assertThatThrownBy(() -> run("some", ModelFixture.of("llama"), StageRegistry.load(), cast))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("cast: found targets or ignore, expected neither");
  }

  @Test
  void aPartOfAFusedWeightIsRefused() {
    ModelFixture fixture = ModelFixture.of("gpt2");
    Selection part = new Selection(List.of("attn.c_attn.q"), List.of());

    assertThatThrownBy(
            () ->
                run(
                    "part",
                    fixture,
                    StageRegistry.load(),
                    new Step("rtn", new RtnParameters(4, 16, false, false), part)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("they are stored as one weight, transformer.h.0.attn.c_attn");
  }
}
