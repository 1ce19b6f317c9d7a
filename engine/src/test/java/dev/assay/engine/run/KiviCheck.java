package dev.assay.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import org.assertj.core.data.Percentage;

/** Keys under KIVI's grids by channel, values under those by token. */
public final class KiviCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    ScriptModule caches =
        ScriptModule.load(
            scope, new ModuleNode(ScriptClass.of(KiviCheck.class, "caching.Caching")).object());
    NDArray keys = caches.call(scope, "turned", golden.input(scope, "K"));
    check(torch, scope, golden, caches, keys, "k");
    check(torch, scope, golden, caches, golden.input(scope, "V"), "v");
  }

  /** Groups run along the last dimension; golden keys have tokens before channels. */
  private static void check(
      TorchSession torch,
      NDManager scope,
      GoldenCase golden,
      ScriptModule caches,
      NDArray x,
      String which) {
    long group = golden.parameter("group_size").longValue();
    long bits = golden.parameter("bits").longValue();
    boolean keys = which.equals("k");
    NDArray grids = caches.call(scope, "kivi_grids", x, group, bits);
    NDArray packed = caches.call(scope, "kivi_packed", x, group, bits);
    NDArray codes = caches.call(scope, "unpacked", packed, bits);
    NDArray scale = turned(scope, caches, golden.tensor(scope, which + "_scale"), keys);
    NDArray least = turned(scope, caches, golden.tensor(scope, which + "_min"), keys);
    NDArray wanted = turned(scope, caches, golden.tensor(scope, which + "_codes"), keys);

    assertThat(Agreement.of(grids.get("..., 0").duplicate(), scale).greatestRelativeDifference())
        .isLessThanOrEqualTo(golden.tolerance("scale_rel"));
    assertThat(Agreement.of(grids.get("..., 1").duplicate(), least).greatestRelativeDifference())
        .isLessThanOrEqualTo(golden.tolerance("scale_rel"));
    double equal = golden.tolerance("codes_equal_fraction_min");
    assertThat(Agreement.of(codes, wanted).equalFraction(0)).isGreaterThanOrEqualTo(equal);
    NDArray words = golden.tensor(scope, keys ? "k_packed_transposed" : "v_packed");
    if (Agreement.of(codes, wanted).equalFraction(0) == 1) {
      // Four of our bytes are one of the published words.
      assertThat(torch.tensors().bytes(packed)).isEqualTo(torch.tensors().bytes(words));
    }
    NDArray values = caches.call(scope, "kivi_rounded", x, group, bits);
    NDArray rounded =
        wanted
            .toType(DataType.FLOAT32, true)
            .reshape(scale.getShape().addAll(new Shape(group)))
            .mul(scale.expandDims(-1))
            .add(least.expandDims(-1))
            .reshape(values.getShape());
    assertThat(Agreement.of(values, rounded).equalFraction(golden.tolerance("dequant_abs")))
        .isGreaterThanOrEqualTo(equal);
    double error = values.sub(x).square().mean().getFloat();
    assertThat(error).isCloseTo(golden.scalar(which + "_mse"), within(1e-4));
  }

  private static Percentage within(double share) {
    return Percentage.withPercentage(100 * share);
  }

  private static NDArray turned(NDManager scope, ScriptModule caches, NDArray x, boolean turn) {
    return turn ? caches.call(scope, "turned", x) : x;
  }
}
