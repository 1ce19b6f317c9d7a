package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.FamilyFixtures;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.fold.RotateParameters;
import dev.assay.engine.fold.RotateParameters.Down;
import dev.assay.engine.fold.RotateParameters.Heads;
import dev.assay.engine.fold.RotateParameters.Stream;
import dev.assay.engine.learned.AdaRoundParameters;
import dev.assay.engine.learned.AutoRoundParameters;
import dev.assay.engine.learned.OmniQuantParameters;
import dev.assay.engine.microscale.MxParameters;
import dev.assay.engine.microscale.Mxfp4Parameters;
import dev.assay.engine.microscale.Nvfp4Parameters;
import dev.assay.engine.quantize.AwqScalesParameters;
import dev.assay.engine.quantize.BinaryParameters;
import dev.assay.engine.quantize.CodebookParameters;
import dev.assay.engine.quantize.Fp8Parameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.HqqParameters;
import dev.assay.engine.quantize.RoundInputsParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.quantize.SmoothQuantParameters;
import dev.assay.engine.quantize.TernaryParameters;
import dev.assay.engine.quantize.W8A8Parameters;
import dev.assay.engine.quantize.W8A8Parameters.Activations;
import dev.assay.engine.quantize.W8A8Parameters.Rule;
import dev.assay.engine.quantize.W8A8Parameters.Weights;
import dev.assay.engine.quantize.activation.LlmInt8Parameters;
import dev.assay.engine.quantize.activation.LlmInt8Parameters.OutlierWeights;
import dev.assay.engine.quantize.activation.W4A8Parameters;
import dev.assay.engine.quantize.activation.ZeroQuantParameters;
import dev.assay.engine.quantize.outlier.BillmParameters;
import dev.assay.engine.quantize.outlier.BillmParameters.Metric;
import dev.assay.engine.quantize.outlier.SpqrParameters;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.ElementFormat;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.Nvfp4Weight;
import dev.assay.engine.weight.SharedExponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every form of weight on families in turn, its variants on fewer: an artifact is written, read
 * back, and runs in its packed form as it does dequantised. That every stage runs on every family
 * is what {@link MethodFamilyTableTest} finds; how a form is packed knows nothing of families.
 */
@Tag("slow")
class QuantizersOnFamiliesTest extends TorchTest {
  /** One of each form; variants of these run on fewer families. */
  private static final Set<String> FORMS =
      Set.of(
          "hqq",
          "hqq across rows",
          "nf4",
          "spqr",
          "billm",
          "binary",
          "ternary as BitNet",
          "mxfp4",
          "nvfp4",
          "rtn 5 bits",
          "fp8",
          "llm-int8",
          "w4a8",
          "zeroquant",
          "autoround",
          "w8a8",
          "rotate, w8a8",
          "smoothquant, gptq");

  /** A form runs on every second family, in turn, so that each meets families of all kinds. */
  private static final int EACH_FORM = 2;

  private static final int EACH_VARIANT = 5;

  private final Map<String, NDArray> originals = new HashMap<>();

  @TempDir Path directory;

  /**
   * A recipe.
   *
   * @param most greatest share of the outputs' spread by which they may move
   */
  record Recipe(String name, double most, List<Step> steps) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Recipe recipe(String name, double most, Step... steps) {
    return new Recipe(name, most, List.of(steps));
  }

  private static HqqParameters hqq(int bits, int group, int axis) {
    return new HqqParameters(bits, group, axis, true, null, 0.7, 10, 20);
  }

  private static Fp8Parameters fp8(
      Fp8Parameters.Format format,
      Fp8Parameters.Share share,
      Fp8Parameters.Activations activations) {
    return new Fp8Parameters(
        format,
        share,
        activations,
        24,
        null,
        Fp8Parameters.Layout.COMPRESSED_TENSORS,
        Fp8Parameters.Scales.FLOAT32);
  }

  private static Step mx(ElementFormat element) {
    return new Step(
        "mx",
        new MxParameters(
            element,
            SharedExponent.EVEN,
            null,
            MxParameters.Ties.EVEN,
            element == ElementFormat.E4M3));
  }

  private static Step blocks(List<Integer> shape, Fp8Parameters.Layout layout) {
    Fp8Parameters.Scales scales =
        layout == Fp8Parameters.Layout.SCALE_INV
            ? Fp8Parameters.Scales.UE8M0
            : Fp8Parameters.Scales.FLOAT32;
    return new Step(
        "fp8",
        new Fp8Parameters(
            Fp8Parameters.Format.E4M3,
            Fp8Parameters.Share.BLOCK,
            Fp8Parameters.Activations.NONE,
            128,
            shape,
            layout,
            scales));
  }

  private static Step zeroQuant(int groupSize, boolean symmetric) {
    return new Step(
        "zeroquant",
        new ZeroQuantParameters(
            8, groupSize, symmetric, 8, symmetric, ZeroQuantParameters.Activations.TENSOR));
  }

  private static List<Recipe> recipes() {
    Step rotate =
        new Step("rotate", new RotateParameters(Stream.NONE, Heads.ACROSS, Down.BLOCKS, 0));
    Step smooth = new Step("smoothquant", new SmoothQuantParameters(0.5));
    Step tokens =
        new Step(
            "w8a8", new W8A8Parameters(Weights.CHANNEL, Activations.TOKEN, true, Rule.SMOOTHQUANT));
    return List.of(
        recipe("hqq", 0.5, new Step("hqq", hqq(4, 16, 1))),
        recipe("hqq 3 bits in odd groups", 1, new Step("hqq", hqq(3, 40, 1))),
        recipe("hqq across rows", 0.5, new Step("hqq", hqq(4, 16, 0))),
        recipe("nf4", 0.6, new Step("nf4", new CodebookParameters(64, false))),
        recipe("fp4 nested", 0.8, new Step("fp4", new CodebookParameters(64, true))),
        recipe(
            "spqr",
            0.5,
            new Step(
                "spqr",
                new SpqrParameters(4, 16, 3, 3, 16, 0.2, false, false, true, true, 1, 128))),
        recipe(
            "spqr 3 bits, plain",
            1,
            new Step(
                "spqr",
                new SpqrParameters(3, 40, 16, 16, 16, 0.2, true, true, false, false, 0.01, 32))),
        recipe(
            "billm",
            2,
            new Step("billm", new BillmParameters(Metric.HESSIAN, 128, 0.01, true, 49))),
        recipe("binary", 2, new Step("binary", new BinaryParameters(16, false))),
        recipe(
            "ternary",
            2,
            new Step(
                "ternary",
                new TernaryParameters(
                    TernaryParameters.Rule.THRESHOLD,
                    TernaryParameters.Share.ROW,
                    TernaryParameters.Layout.GRID))),
        recipe(
            "ternary as BitNet",
            2,
            new Step(
                "ternary",
                new TernaryParameters(
                    TernaryParameters.Rule.ABSMEAN,
                    TernaryParameters.Share.TENSOR,
                    TernaryParameters.Layout.BITNET))),
        recipe("mxfp4", 0.9, new Step("mxfp4", new Mxfp4Parameters(SharedExponent.EVEN, false))),
        recipe("mxfp6", 0.3, mx(ElementFormat.E2M3)),
        recipe("mx e3m2", 0.4, mx(ElementFormat.E3M2)),
        recipe("mxfp8", 0.4, mx(ElementFormat.E4M3)),
        recipe(
            "nvfp4",
            0.9,
            new Step(
                "nvfp4", new Nvfp4Parameters(Nvfp4Weight.Rule.COMPRESSED_TENSORS, true, true))),
        recipe(
            "nvfp4 as torchao",
            0.9,
            new Step("nvfp4", new Nvfp4Parameters(Nvfp4Weight.Rule.TORCHAO, false, false))),
        recipe("rtn 5 bits", 0.4, new Step("rtn", new RtnParameters(5, 16, true, false))),
        recipe(
            "gptq 6 bits",
            0.2,
            new Step(
                "gptq", new GptqParameters(6, 32, false, false, false, false, 0.01, 128, false))),
        recipe(
            "fp8",
            0.3,
            new Step(
                "fp8",
                fp8(
                    Fp8Parameters.Format.E4M3,
                    Fp8Parameters.Share.CHANNEL,
                    Fp8Parameters.Activations.NONE))),
        recipe(
            "fp8 e5m2",
            0.5,
            new Step(
                "fp8",
                fp8(
                    Fp8Parameters.Format.E5M2,
                    Fp8Parameters.Share.TENSOR,
                    Fp8Parameters.Activations.GROUP))),
        recipe(
            "fp8 static",
            0.5,
            new Step(
                "fp8",
                fp8(
                    Fp8Parameters.Format.E4M3,
                    Fp8Parameters.Share.CHANNEL,
                    Fp8Parameters.Activations.TENSOR))),
        recipe(
            "w8a8 asymmetric",
            0.2,
            new Step(
                "w8a8",
                new W8A8Parameters(
                    Weights.CHANNEL, Activations.TENSOR, false, Rule.COMPRESSED_TENSORS))),
        recipe(
            "llm-int8",
            0.1,
            new Step("llm-int8", new LlmInt8Parameters(2, OutlierWeights.ROUNDED, false))),
        recipe(
            "llm-int8 in full",
            0.1,
            new Step("llm-int8", new LlmInt8Parameters(2, OutlierWeights.FULL, true))),
        recipe(
            "w4a8",
            0.8,
            new Step("w4a8", new W4A8Parameters(W4A8Parameters.Weights.POST_SCALE, 24))),
        recipe(
            "w4a8 torchao",
            0.8,
            new Step("w4a8", new W4A8Parameters(W4A8Parameters.Weights.ASYMMETRIC, 24))),
        recipe("zeroquant", 0.2, zeroQuant(16, true)),
        recipe("zeroquant across rows", 0.2, zeroQuant(40, false)),
        recipe(
            "autoround",
            0.6,
            new Step("autoround", new AutoRoundParameters(4, 16, false, 4, null, true, 2, 1))),
        recipe(
            "autoround symmetric 3 bits",
            1,
            new Step("autoround", new AutoRoundParameters(3, 40, true, 3, null, false, 8, 1))),
        recipe(
            "adaround",
            0.5,
            new Step(
                "adaround",
                new AdaRoundParameters(4, 16, false, false, 4, 0.05, 0.01, 0.2, 20, 2, 64, 1))),
        recipe(
            "omniquant",
            0.5,
            new Step("omniquant", new OmniQuantParameters(4, 16, false, 1, 0.01, 0, 4))),
        recipe(
            "smoothquant, omniquant symmetric",
            1,
            smooth,
            new Step("omniquant", new OmniQuantParameters(3, 40, true, 1, 0.01, 0, 3))),
        recipe("fp8 blocks", 0.3, blocks(List.of(24, 40), Fp8Parameters.Layout.COMPRESSED_TENSORS)),
        recipe(
            "fp8 weight_scale_inv", 0.3, blocks(List.of(16, 32), Fp8Parameters.Layout.SCALE_INV)),
        recipe("w8a8", 0.1, tokens),
        recipe(
            "w8a8 static",
            0.2,
            new Step(
                "w8a8",
                new W8A8Parameters(Weights.TENSOR, Activations.TENSOR, true, Rule.SMOOTHQUANT))),
        recipe("smoothquant, w8a8", 0.1, smooth, tokens),
        recipe("rotate, w8a8", 0.1, rotate, tokens),
        recipe(
            "rotate, rtn, round-inputs",
            0.3,
            rotate,
            new Step("rtn", new RtnParameters(8, -1, true, true, true)),
            new Step("round-inputs", new RoundInputsParameters(6, true, 0.95, -1))),
        recipe(
            "awq-scales, gptq",
            0.6,
            new Step("awq-scales", new AwqScalesParameters(4, 16, 4, false)),
            new Step(
                "gptq", new GptqParameters(4, 16, false, false, false, false, 0.01, 128, false))),
        recipe(
            "smoothquant, gptq",
            0.6,
            smooth,
            new Step(
                "gptq", new GptqParameters(4, 16, false, false, false, false, 0.01, 128, false))));
  }

  static java.util.stream.Stream<Arguments> pairs() {
    List<Recipe> recipes = recipes();
    return IntStream.range(0, FamilyFixtures.ALL.size())
        .boxed()
        .flatMap(
            family ->
                IntStream.range(0, recipes.size())
                    .filter(
                        recipe ->
                            (family + recipe)
                                    % (FORMS.contains(recipes.get(recipe).name())
                                        ? EACH_FORM
                                        : EACH_VARIANT)
                                == 0)
                    .mapToObj(
                        recipe ->
                            Arguments.of(FamilyFixtures.ALL.get(family), recipes.get(recipe))));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("pairs")
  void artifactsRun(String family, Recipe recipe) {
    ModelFixture fixture = ModelFixture.of(family);
    Path target = directory.resolve("artifact");

    List<Pipeline.StageOutcome> outcomes =
        new Pipeline(torch, fixture.architecture(), StageRegistry.load())
            .run(
                fixture.checkpoint(),
                recipe.steps(),
                calibration(fixture),
                target,
                (stage, finished, layers) -> {});

    Checkpoint artifact = Checkpoint.open(target);
    ModelFixture read =
        new ModelFixture(artifact, new Families().architecture(artifact), fixture.golden());
    NDArray original =
        originals.computeIfAbsent(
            family,
            name -> FamilyFixtures.outputs(torch, torch.manager(), fixture, fixture.checkpoint()));
    NDArray reference = FamilyFixtures.outputs(torch, scope, read, artifact);
    NDArray packed =
        FamilyFixtures.outputs(
            torch, scope, read, artifact, Execution.packed(torch.device(), DType.FLOAT32));
    double spread = rms(original.sub(original.mean()));
    double moved = rms(reference.sub(original)) / spread;
    assertThat(torch.tensors().isFinite(reference)).isTrue();
    assertThat(moved).as("moved").isLessThan(recipe.most());
    // Where a kernel sums integers, last digits differ from a sum of floats, and decide what lies
    // half-way between two codes further on: at most what all rounding moves. That each product is
    // right is what the check of kernels finds.
    boolean sums = recipe.name().endsWith("w8a8") || recipe.name().startsWith("llm-int8");
    double most = sums ? Math.max(2e-3, moved) : 2e-3;
    assertThat(rms(packed.sub(reference)) / spread)
        .as("packed, %s on %s", recipe, family)
        .isLessThan(most);
    List<LinearOutcome> last = outcomes.get(outcomes.size() - 1).linears();
    if (last.stream().noneMatch(each -> String.valueOf(each.note()).startsWith("left as it is"))) {
      assertThat(moved).as("moved at all").isGreaterThan(1e-5);
    }
  }

  private static double rms(NDArray values) {
    return Math.sqrt(values.square().mean().getFloat());
  }

  private static List<long[]> calibration(ModelFixture fixture) {
    Random random = new Random(7);
    int vocabulary = fixture.architecture().spec().vocabularySize();
    List<long[]> samples = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      samples.add(random.longs(32, 0, vocabulary).toArray());
    }
    return samples;
  }
}
