package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.InputAbsmaxAccumulator;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/** The scales of one norm and what they do to it. */
public final class SmoothQuantCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray x = golden.input(scope, "X");
    double alpha = golden.parameter("alpha").doubleValue();
    NDArray greatest;
    try (InputAbsmaxAccumulator absmax =
        new InputAbsmaxAccumulator(torch, x.getShape().get(x.getShape().dimension() - 1))) {
      absmax.add(x);
      greatest = torch.tensors().copy(scope, absmax.absmax());
    }
    NDArray fc0 = golden.input(scope, "fc0");
    NDArray fc1 = golden.input(scope, "fc1");
    NDArray fc2 = golden.input(scope, "fc2");
    NDArray norm = golden.input(scope, "ln_weight");

    NDArray all = SmoothQuantMethod.scales(torch, scope, greatest, List.of(fc0, fc1, fc2), alpha);
    NDArray two = SmoothQuantMethod.scales(torch, scope, greatest, List.of(fc0, fc1), alpha);

    assertThat(greatest.toFloatArray())
        .isEqualTo(golden.tensor(scope, "act_scales").toFloatArray());
    close(golden, scope, all, "scales", "scales_rel");
    close(golden, scope, two, "scales_rms_fc01", "scales_rel");
    close(golden, scope, ScaleFolding.divide(torch, scope, norm, all), "ln.weight", "weight_rel");
    NDArray bias = ScaleFolding.divide(torch, scope, golden.input(scope, "ln_bias"), all);
    close(golden, scope, bias, "ln.bias", "weight_rel");
    close(golden, scope, ScaleFolding.divide(torch, scope, norm, two), "rms.weight", "weight_rel");
  }

  private static void close(
      GoldenCase golden, NDManager scope, NDArray found, String tensor, String tolerance) {
    assertThat(Agreement.of(found, golden.tensor(scope, tensor)).greatestRelativeDifference())
        .as(tensor)
        .isLessThanOrEqualTo(golden.tolerance(tolerance));
  }
}
