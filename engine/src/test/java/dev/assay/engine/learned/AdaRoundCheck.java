package dev.assay.engine.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.quantize.UniformGrid;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** AdaRound on one linear. */
public final class AdaRoundCheck implements GoldenCheck {
  private static final Pattern BATCH = Pattern.compile("rows \\(t\\*(\\d+)\\+j\\) mod 512");

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = torch.tensors().rows(scope, golden.input(scope, "W"), 0, 32);
    NDArray x = golden.input(scope, "X");
    Matcher batch = BATCH.matcher(golden.parameter("batch").asText());
    assertThat(batch.find()).isTrue();
    int size = Integer.parseInt(batch.group(1));
    AdaRoundParameters parameters = parameters(golden, size);
    double[] losses = golden.tensor(scope, "recon_losses").toDoubleArray();
    double[] roundings = golden.tensor(scope, "round_losses").toDoubleArray();
    double close = 100 * golden.tolerance("recon_losses_rel");

    try (AdaRoundSolver solver = new AdaRoundSolver(torch, w, parameters)) {
      NDArray rows = torch.tensors().rows(scope, solver.alpha(), 0, 4);
      NDArray initial = golden.tensor(scope, "alpha_initial_rows");
      assertThat(Agreement.of(rows.reshape(initial.getShape()), initial).greatestDifference())
          .isLessThanOrEqualTo(golden.tolerance("alpha_abs"));
      for (int step = 0; step < parameters.iterations(); step++) {
        long from = (long) step * size % 512;
        double[] found = solver.step(torch.tensors().rows(scope, x, from, from + size));
        assertThat(found[0]).as("step %d", step).isCloseTo(losses[step], withinPercentage(close));
        assertThat(found[1])
            .as("step %d", step)
            .isCloseTo(roundings[step], within(1e-9 + roundings[step] * close / 100));
      }
      NDArray last = golden.tensor(scope, "alpha_final");
      assertThat(Agreement.of(solver.alpha().reshape(last.getShape()), last).greatestDifference())
          .isLessThanOrEqualTo(golden.tolerance("alpha_abs"));
      QuantizedWeight rounded = solver.rounded(scope);
      assertThat(Agreement.of(rounded.codes(), golden.tensor(scope, "codes")).equalFraction(0))
          .isGreaterThanOrEqualTo(golden.tolerance("codes_equal_fraction_min"));
      // One code elsewhere moves it.
      assertThat(Agreement.outputError(x, w, rounded.dequantize(torch, scope)) / 512)
          .isCloseTo(golden.scalar("recon_loss_hard_all_data"), withinPercentage(1));
    }
    UniformGrid grid = AdaRoundSolver.grid(parameters);
    NDArray nearest =
        grid.round(torch, scope, w, grid.fit(torch, scope, w)).dequantize(torch, scope);
    assertThat(Agreement.outputError(x, w, nearest) / 512)
        .isCloseTo(golden.scalar("recon_loss_nearest_all_data"), withinPercentage(close));
  }

  private static AdaRoundParameters parameters(GoldenCase golden, int batch) {
    return new AdaRoundParameters(
        golden.parameter("bits").intValue(),
        golden.parameter("group_size").intValue(),
        false,
        false,
        golden.parameter("iters").intValue(),
        golden.parameter("lr").doubleValue(),
        golden.parameter("reg_param").doubleValue(),
        golden.parameter("warm_start").doubleValue(),
        golden.parameter("beta_range").get(0).doubleValue(),
        golden.parameter("beta_range").get(1).doubleValue(),
        batch,
        0);
  }
}
