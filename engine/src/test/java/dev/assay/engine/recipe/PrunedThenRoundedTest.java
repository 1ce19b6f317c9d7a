package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.learned.AdaRoundParameters;
import dev.assay.engine.learned.AutoRoundParameters;
import dev.assay.engine.learned.BlockQatParameters;
import dev.assay.engine.learned.OmniQuantParameters;
import dev.assay.engine.microscale.Mxfp4Parameters;
import dev.assay.engine.microscale.Nvfp4Parameters;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import dev.assay.engine.quantize.AwqParameters;
import dev.assay.engine.quantize.BinaryParameters;
import dev.assay.engine.quantize.CodebookParameters;
import dev.assay.engine.quantize.Fp8Parameters;
import dev.assay.engine.quantize.GptqParameters;
import dev.assay.engine.quantize.HqqParameters;
import dev.assay.engine.quantize.RtnParameters;
import dev.assay.engine.quantize.TernaryParameters;
import dev.assay.engine.quantize.W8A8Parameters;
import dev.assay.engine.quantize.W8A8Parameters.Activations;
import dev.assay.engine.quantize.W8A8Parameters.Rule;
import dev.assay.engine.quantize.W8A8Parameters.Weights;
import dev.assay.engine.quantize.activation.LlmInt8Parameters;
import dev.assay.engine.quantize.activation.LlmInt8Parameters.OutlierWeights;
import dev.assay.engine.quantize.activation.ZeroQuantParameters;
import dev.assay.engine.quantize.outlier.BillmParameters;
import dev.assay.engine.quantize.outlier.BillmParameters.Metric;
import dev.assay.engine.quantize.outlier.SpqrParameters;
import dev.assay.engine.weight.Nvfp4Weight;
import dev.assay.engine.weight.SharedExponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What one stage has pruned is 0 after the next has rounded; where it cannot be, the row says so.
 */
@Tag("slow")
class PrunedThenRoundedTest extends TorchTest {
  private static final String LOST = "pruned weights are no longer 0";

  @TempDir static Path pruned;

  @TempDir Path directory;

  private final Map<Step, Checkpoint> prunedOnly = new HashMap<>();

  private static List<Step> pruning() {
    Sparsity half = Sparsity.parse("0.5");
    return List.of(
        new Step("magnitude", new MagnitudeParameters(half)),
        new Step("wanda", new WandaParameters(Sparsity.parse("2:4"))),
        new Step("sparsegpt", new SparseGptParameters(half, 0.01, 128, null)));
  }

  static Stream<Arguments> keeping() {
    List<Step> rounding =
        List.of(
            new Step("rtn", new RtnParameters(4, 16, false, true)),
            new Step("rtn", new RtnParameters(3, -1, true, false)),
            gptq(4, 16, false, false, false),
            gptq(3, 16, true, true, true),
            gptq(2, -1, false, true, false),
            new Step("awq", new AwqParameters(4, 16, true, true, 4, false, false, 0.5, 512)),
            new Step("nf4", new CodebookParameters(64, true)),
            new Step("fp4", new CodebookParameters(64, false)),
            new Step(
                "fp8",
                new Fp8Parameters(
                    Fp8Parameters.Format.E4M3,
                    Fp8Parameters.Share.CHANNEL,
                    Fp8Parameters.Activations.NONE,
                    128,
                    null,
                    Fp8Parameters.Layout.COMPRESSED_TENSORS,
                    Fp8Parameters.Scales.FLOAT32)),
            new Step(
                "ternary",
                new TernaryParameters(
                    TernaryParameters.Rule.THRESHOLD,
                    TernaryParameters.Share.ROW,
                    TernaryParameters.Layout.GRID)),
            spqr(true),
            new Step("autoround", new AutoRoundParameters(4, 16, false, 4, 0.9, true, 2, 1)),
            new Step(
                "adaround",
                new AdaRoundParameters(4, 16, false, false, 20, 1, 0.01, 0.2, 20, 2, 64, 1)),
            new Step("omniquant", new OmniQuantParameters(4, 16, false, 1, 0.01, 0, 4)),
            new Step("block-qat", new BlockQatParameters(4, 16, 1, 2, 1e-3, 1e-3, 0.05, 0, 0, 0)),
            new Step(
                "w8a8",
                new W8A8Parameters(Weights.CHANNEL, Activations.TOKEN, true, Rule.SMOOTHQUANT)),
            new Step("llm-int8", new LlmInt8Parameters(6, OutlierWeights.ROUNDED, false)),
            new Step("mxfp4", new Mxfp4Parameters(SharedExponent.EVEN, false)),
            new Step(
                "nvfp4", new Nvfp4Parameters(Nvfp4Weight.Rule.COMPRESSED_TENSORS, true, false)),
            new Step(
                "zeroquant",
                new ZeroQuantParameters(
                    8, 16, true, 8, true, ZeroQuantParameters.Activations.TOKEN)));
    return pruning().stream()
        .flatMap(prune -> rounding.stream().map(round -> Arguments.of(prune, round)));
  }

  static Stream<Step> losing() {
    return Stream.of(
        new Step("hqq", new HqqParameters(4, 16, 1, true, null, 0.7, 10, 20)),
        spqr(false),
        new Step("billm", new BillmParameters(Metric.HESSIAN, 128, 0.01, true, 49)),
        new Step("binary", new BinaryParameters(16, false)));
  }

  private static Step gptq(
      int bits, int groupSize, boolean symmetric, boolean actOrder, boolean staticGroups) {
    return new Step(
        "gptq",
        new GptqParameters(
            bits, groupSize, symmetric, actOrder, staticGroups, actOrder, 0.01, 32, false));
  }

  private static Step spqr(boolean wholeZeros) {
    return new Step(
        "spqr",
        new SpqrParameters(
            4, 16, 3, wholeZeros ? 16 : 3, 16, 0.2, false, wholeZeros, true, true, 1, 128));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("keeping")
  void zerosStay(Step prune, Step round) {
    ModelFixture fixture = ModelFixture.of("llama");
    List<Pipeline.StageOutcome> outcomes =
        run(fixture, List.of(prune, round), directory.resolve("rounded"));

    Checkpoint pruned = prunedOnly.computeIfAbsent(prune, step -> prune(fixture, step));
    Checkpoint rounded = Checkpoint.open(directory.resolve("rounded"));
    for (int i = 0; i < outcomes.get(1).linears().size(); i++) {
      LinearOutcome before = outcomes.get(0).linears().get(i);
      LinearOutcome after = byName(outcomes.get(1).linears(), before);
      String name = fixture.architecture().names().inLayer(before.layer(), before.linear());
      NDArray zero = pruned.linear(torch, scope, name).dequantize(torch, scope).eq(0);
      NDArray values = rounded.linear(torch, scope, name).dequantize(torch, scope);
      float greatest = values.abs().mul(zero.toType(values.getDataType(), false)).max().getFloat();

      assertThat(greatest).as(name).isZero();
      assertThat(before.sparsity()).as(name).isBetween(0.49, 0.52);
      assertThat(after.sparsity()).as(name).isGreaterThanOrEqualTo(before.sparsity());
      assertThat(String.valueOf(after.note())).as(name).doesNotContain(LOST);
    }
  }

  @ParameterizedTest
  @MethodSource("losing")
  void theRowSaysHowManyDoNot(Step round) {
    Step prune = new Step("magnitude", new MagnitudeParameters(Sparsity.parse("0.5")));
    List<Pipeline.StageOutcome> outcomes =
        run(ModelFixture.of("llama"), List.of(prune, round), directory.resolve("rounded"));

    assertThat(outcomes.get(1).linears())
        .allSatisfy(each -> assertThat(each.note()).contains(LOST))
        .allSatisfy(each -> assertThat(each.sparsity()).isLessThan(0.4));
  }

  private Checkpoint prune(ModelFixture fixture, Step step) {
    Path target = pruned.resolve(step.stage());
    run(fixture, List.of(step), target);
    return Checkpoint.open(target);
  }

  private static LinearOutcome byName(List<LinearOutcome> all, LinearOutcome other) {
    return all.stream()
        .filter(each -> each.layer() == other.layer() && each.linear().equals(other.linear()))
        .findFirst()
        .orElseThrow();
  }

  private List<Pipeline.StageOutcome> run(ModelFixture fixture, List<Step> steps, Path target) {
    Random random = new Random(3);
    List<long[]> calibration = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calibration.add(random.longs(32, 0, 512).toArray());
    }
    return new Pipeline(torch, fixture.architecture(), StageRegistry.load())
        .run(fixture.checkpoint(), steps, calibration, target, (stage, finished, layers) -> {});
  }
}
