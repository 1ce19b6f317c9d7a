package dev.assay.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.quantize.W8A8Parameters.Activations;
import dev.assay.engine.quantize.W8A8Parameters.Rule;
import dev.assay.engine.quantize.W8A8Parameters.Weights;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.InputScheme;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.RunningInput;
import dev.assay.engine.weight.StaticInput;

/** Weights and inputs of 8 bits under the four pairs of scales. */
public final class W8A8Check implements GoldenCheck {
  private static final int ROWS = 32;

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    assertThat(golden.parameter("bits").intValue()).isEqualTo(8);
    NDArray w = golden.input(scope, "W");
    NDArray tokens = golden.input(scope, "X");
    NDArray x = tokens.reshape(-1, w.getShape().get(1)).get(":" + ROWS).duplicate();
    NDArray bias = golden.input(scope, "bias");
    double greatest = x.abs().max().getFloat();

    NDArray channel =
        W8A8Method.quantize(torch, scope, w, parameters(Weights.CHANNEL)).dequantize(torch, scope);
    NDArray tensor =
        W8A8Method.quantize(torch, scope, w, parameters(Weights.TENSOR)).dequantize(torch, scope);
    NDArray token = treated(torch, scope, new PerTokenInput(8, true), x);
    NDArray one = treated(torch, scope, new StaticInput(8, greatest / 127, 128), x);

    rounded(golden, scope, channel, "w_per_channel");
    rounded(golden, scope, tensor, "w_per_tensor");
    rounded(golden, scope, token, "x_per_token");
    rounded(golden, scope, one, "x_per_tensor");
    product(golden, scope, token, channel, bias, "y_per_channel_per_token");
    product(golden, scope, one, channel, bias, "y_per_channel_per_tensor");
    product(golden, scope, token, tensor, bias, "y_per_tensor_per_token");
    product(golden, scope, one, tensor, bias, "y_per_tensor_per_tensor");
  }

  private static W8A8Parameters parameters(Weights share) {
    return new W8A8Parameters(share, Activations.TOKEN, true, Rule.SMOOTHQUANT);
  }

  private static NDArray treated(
      TorchSession torch, NDManager scope, InputScheme scheme, NDArray x) {
    ScriptModule module = RunningInput.load(torch, scope, scheme);
    return module.call(scope, "forward", x);
  }

  private static void rounded(GoldenCase golden, NDManager scope, NDArray found, String tensor) {
    Agreement agreement = Agreement.of(found, golden.tensor(scope, tensor));
    assertThat(agreement.equalFraction(golden.tolerance("quantised_abs")))
        .as(tensor)
        .isGreaterThanOrEqualTo(golden.tolerance("quantised_equal_fraction_min"));
  }

  private static void product(
      GoldenCase golden, NDManager scope, NDArray x, NDArray w, NDArray bias, String tensor) {
    NDArray found = x.matMul(w.transpose()).add(bias);
    assertThat(Agreement.of(found, golden.tensor(scope, tensor)).greatestDifference())
        .as(tensor)
        .isLessThanOrEqualTo(golden.tolerance("y_abs"));
  }
}
