package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.InputMeanAbsAccumulator;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenGrid;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.List;
import java.util.function.BiFunction;

/** AWQ on a block norm_1 → qkv → out, norm_2 → up → gelu → down. */
public final class AwqBlockCheck {
  private static final String FORWARD =
      """
      def linear(self, x: Tensor, w: Tensor) -> Tensor:
        return torch.matmul(x, torch.t(w))
      def gelu(self, x: Tensor) -> Tensor:
        return torch.gelu(x)
      """;

  private final TorchSession torch;
  private final NDManager scope;
  private final GoldenCase golden;
  private final ScriptModule forward;

  private AwqBlockCheck(TorchSession torch, NDManager scope, GoldenCase golden) {
    this.torch = torch;
    this.scope = scope;
    this.golden = golden;
    this.forward = ScriptModule.compile(scope, FORWARD);
  }

  public static void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    new AwqBlockCheck(torch, scope, golden).check();
  }

  private void check() {
    NDArray x = golden.input(scope, "X");
    NDArray qkv = golden.input(scope, "qkv_weight");
    NDArray out = golden.input(scope, "out_weight");
    NDArray up = golden.input(scope, "up_weight");
    NDArray down = golden.input(scope, "down_weight");
    NDArray attended = linear(scope, x, qkv);
    NDArray activated = gelu(scope, linear(scope, x, up));

    NDArray qkvScales = search("qkv", x, qkv, this::linear);
    NDArray outScales = search("out", attended, out, this::linear);
    NDArray upScales =
        search(
            "up",
            x,
            up,
            (owner, input, w) -> linear(owner, gelu(owner, linear(owner, input, w)), down));
    NDArray downScales = search("down", activated, down, this::linear);

    checkNorm("norm_1.weight", qkvScales);
    checkNorm("norm_1.bias", qkvScales);
    checkNorm("norm_2.weight", upScales);
    checkNorm("norm_2.bias", upScales);
    assertThat(
            Agreement.of(downScales, golden.tensor(scope, "act_scale_down"))
                .greatestRelativeDifference())
        .isLessThanOrEqualTo(golden.tolerance("scales_rel"));
    NDArray scaledQkv =
        ScaleFolding.divideRows(
            torch, scope, ScaleFolding.multiplyColumns(torch, scope, qkv, qkvScales), outScales);
    checkQuantized("qkv", scaledQkv);
    checkClipped("out", out, attended);
    checkClipped("up", up, x);
    checkClipped("down", down, activated);
  }

  /** A module with one weight: owner, input, weight to output. */
  private interface Forward {
    NDArray output(NDManager owner, NDArray input, NDArray weight);
  }

  private NDArray search(String name, NDArray input, NDArray weight, Forward module) {
    NDArray meanAbs;
    try (InputMeanAbsAccumulator mean =
        new InputMeanAbsAccumulator(torch, input.getShape().get(1))) {
      mean.add(input);
      meanAbs = mean.meanAbs(scope);
    }
    // Two batches, so that the loss over batches is the loss over all tokens.
    BiFunction<NDManager, Integer, NDArray> half =
        (owner, batch) -> torch.tensors().rows(owner, input, batch * 256L, (batch + 1) * 256L);
    AwqScales found =
        new AwqScaleSearch(torch, AwqFixtures.parameters(golden))
            .search(
                scope,
                meanAbs,
                List.of(weight),
                new InspectedModule() {
                  @Override
                  public int batches() {
                    return 2;
                  }

                  @Override
                  public Bound bind(List<NDArray> weights) {
                    return new Bound() {
                      @Override
                      public NDArray output(NDManager owner, int batch) {
                        return module.output(owner, half.apply(owner, batch), weights.get(0));
                      }

                      @Override
                      public void close() {}
                    };
                  }
                });
    double close = golden.tolerance("losses_rel");
    double[] losses = golden.tensor(scope, "losses_" + name).toDoubleArray();
    assertThat(found.losses()).hasSameSizeAs(losses);
    for (int k = 0; k < losses.length; k++) {
      assertThat(found.losses().get(k))
          .as("%s: loss of ratio %s", name, k / 20.)
          .isCloseTo(losses[k], withinPercentage(100 * close));
    }
    assertThat(found.loss())
        .isCloseTo(golden.scalar("best_loss_" + name), withinPercentage(100 * close));
    assertThat(golden.rule("best_ratio")).startsWith("equal unless");
    assertThat(found.ratio()).isCloseTo(golden.scalar("best_ratio_" + name), within(1e-12));
    assertThat(
            Agreement.of(found.scales(), golden.tensor(scope, "scales_" + name))
                .greatestRelativeDifference())
        .isLessThanOrEqualTo(golden.tolerance("scales_rel"));
    return found.scales();
  }

  /**
   * On the golden scales: clamped groups lie exactly half-way between codes, so that a last bit of
   * the scales, which depends on the processor's vector units, would choose other bounds.
   */
  private void checkClipped(String name, NDArray weight, NDArray input) {
    NDArray scales = golden.tensor(scope, "scales_" + name);
    AwqClipSearch search = new AwqClipSearch(torch, AwqFixtures.parameters(golden));
    NDArray scaled = ScaleFolding.multiplyColumns(torch, scope, weight, scales);
    NDArray bounds = search.bounds(scope, scaled, ScaleFolding.divide(torch, scope, input, scales));
    assertThat(
            Agreement.of(bounds, golden.tensor(scope, "clip_" + name))
                .equalFractionRelative(golden.tolerance("clip_rel_where_same_step")))
        .as("bounds of %s", name)
        .isGreaterThanOrEqualTo(golden.tolerance("clip_equal_fraction_min"));
    checkQuantized(name, search.clip(scope, scaled, bounds));
  }

  private void checkQuantized(String name, NDArray weight) {
    AwqParameters parameters = AwqFixtures.parameters(golden);
    QuantizedWeight found =
        new AwqGrid(parameters.bits(), parameters.groupSize()).quantize(torch, scope, weight);
    double close = golden.tolerance("weight_quant_abs_where_equal");
    double share = golden.tolerance("weight_quant_equal_fraction_min");
    assertThat(
            Agreement.of(
                    found.dequantize(torch, scope),
                    GoldenGrid.values(
                        scope,
                        golden.tensor(scope, "codes_" + name),
                        golden.tensor(scope, "qscale_" + name),
                        golden.tensor(scope, "qzero_" + name)))
                .equalFraction(close))
        .as("values of %s", name)
        .isGreaterThanOrEqualTo(share);
    assertThat(
            Agreement.of(found.scales(), golden.tensor(scope, "qscale_" + name))
                .equalFractionRelative(golden.tolerance("clip_rel_where_same_step")))
        .as("scales of %s", name)
        .isGreaterThanOrEqualTo(golden.tolerance("clip_equal_fraction_min"));
    assertThat(Agreement.of(found.zeros(), golden.tensor(scope, "qzero_" + name)).equalFraction(0))
        .as("zeros of %s", name)
        .isGreaterThanOrEqualTo(golden.tolerance("clip_equal_fraction_min"));
  }

  private void checkNorm(String tensor, NDArray scales) {
    NDArray folded = ScaleFolding.divide(torch, scope, golden.input(scope, tensor), scales);
    assertThat(Agreement.of(folded, golden.tensor(scope, tensor)).greatestRelativeDifference())
        .isLessThanOrEqualTo(golden.tolerance("norm_rel"));
  }

  private NDArray linear(NDManager owner, NDArray x, NDArray w) {
    return forward.call(owner, "linear", x, w);
  }

  private NDArray gelu(NDManager owner, NDArray x) {
    return forward.call(owner, "gelu", x);
  }
}
