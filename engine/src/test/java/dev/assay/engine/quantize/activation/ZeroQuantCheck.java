package dev.assay.engine.quantize.activation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.InputRange;
import dev.assay.engine.calibration.InputRangeAccumulator;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.quantize.activation.ZeroQuantParameters.Activations;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.FlatGridWeight;
import dev.assay.engine.weight.IntegerRule;
import dev.assay.engine.weight.PerTokenInput;
import dev.assay.engine.weight.RoundedInputs;
import dev.assay.engine.weight.StaticInput;
import dev.assay.engine.weight.StoredWeight;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** DeepSpeed's grids: of weights, of tokens, and static ones. */
public final class ZeroQuantCheck implements GoldenCheck {
  private static final Pattern WEIGHTS = Pattern.compile("w(\\d)\\.(sym|asym)\\.groups(\\d+)");
  private static final Pattern TOKENS = Pattern.compile("a(\\d)\\.(sym|asym)");
  private static final double SAME = 1e-6;
  private static final double MOST = 0.999;
  private static final int[] CHUNKS = {14, 14, 12};

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    if (golden.has("symmetric.range")) {
      fixed(torch, scope, golden, true);
      fixed(torch, scope, golden, false);
    } else if (golden.tensors("w").isEmpty()) {
      golden.tensors("a").stream()
          .filter(name -> !name.endsWith(".y"))
          .forEach(name -> tokens(torch, scope, golden, name));
    } else {
      golden.tensors("w").stream()
          .filter(name -> !name.endsWith(".scale"))
          .forEach(name -> weights(torch, scope, golden, name));
    }
  }

  private static ZeroQuantParameters parameters(int bits, long groupSize, boolean symmetric) {
    return new ZeroQuantParameters(
        bits, Math.toIntExact(groupSize), symmetric, 8, true, Activations.TOKEN);
  }

  private static void weights(TorchSession torch, NDManager scope, GoldenCase golden, String name) {
    Matcher parts = WEIGHTS.matcher(name);
    assertThat(parts.matches()).as(name).isTrue();
    NDArray w = golden.input(scope, "W");
    long size = w.getShape().size() / Integer.parseInt(parts.group(3));
    StoredWeight found =
        ZeroQuantMethod.quantize(
            torch,
            scope,
            w,
            parameters(Integer.parseInt(parts.group(1)), size, parts.group(2).equals("sym")));
    NDArray values = golden.tensor(scope, name);
    NDArray own = found.dequantize(torch, scope).get(":" + values.getShape().get(0));
    near(
        name,
        own,
        values,
        golden.tolerance("values_rel_to_max"),
        1 - golden.tolerance("entries_on_another_code_max_fraction"));
    NDArray scales = golden.tensor(scope, name + ".scale");
    NDArray differences = distances(found);
    assertThat(differences.getShape()).isEqualTo(scales.getShape());
    assertThat(Agreement.of(differences, scales).greatestRelativeDifference())
        .isLessThanOrEqualTo(SAME);
  }

  /** The scales, from whichever form. */
  private static NDArray distances(StoredWeight found) {
    return found
        .onGrid()
        .map(grid -> grid.scales().flatten())
        .orElseGet(() -> ((FlatGridWeight) found).scales().flatten());
  }

  private static void tokens(TorchSession torch, NDManager scope, GoldenCase golden, String name) {
    Matcher parts = TOKENS.matcher(name);
    assertThat(parts.matches()).as(name).isTrue();
    assertThat(golden.parameter("weights").asText()).isEqualTo("8 bits symmetric, one group a row");
    PerTokenInput scheme =
        new PerTokenInput(
            Integer.parseInt(parts.group(1)), parts.group(2).equals("sym"), IntegerRule.ZEROQUANT);
    NDArray rounded = RoundedInputs.of(torch, scope, scheme, golden.input(scope, "X"));
    NDArray values = golden.tensor(scope, name);
    near(name, rounded.get(":" + values.getShape().get(0)), values, SAME, MOST);
    NDArray w = golden.input(scope, "W");
    NDArray weight =
        ZeroQuantMethod.quantize(torch, scope, w, parameters(8, -1, true)).dequantize(torch, scope);
    NDArray y = golden.tensor(scope, name + ".y");
    NDArray own = rounded.get(":" + y.getShape().get(0)).matMul(weight.transpose());
    assertThat(Agreement.of(own, y).greatestDifference())
        .as(name)
        .isLessThanOrEqualTo(golden.tolerance("y_rel_to_max") * y.abs().max().getFloat());
  }

  private static void fixed(
      TorchSession torch, NDManager scope, GoldenCase golden, boolean symmetric) {
    assertThat(golden.parameter("momentum").doubleValue()).isEqualTo(0.9);
    assertThat(golden.parameter("batches").intValue()).isEqualTo(CHUNKS.length);
    String name = symmetric ? "symmetric" : "asymmetric";
    NDArray x = golden.input(scope, "X");
    InputRange range;
    try (InputRangeAccumulator ranges = new InputRangeAccumulator(torch, x.getShape().get(1))) {
      int from = 0;
      for (int tokens : CHUNKS) {
        ranges.add(x.get(from + ":" + (from + tokens)));
        from += tokens;
      }
      range = ranges.range();
    }
    float[] expected = golden.tensor(scope, name + ".range").toFloatArray();
    double limit = golden.tolerance("range_rel");
    assertThat(range.averageLeast() / expected[0] - 1).isBetween(-limit, limit);
    assertThat(range.averageGreatest() / expected[1] - 1).isBetween(-limit, limit);
    StaticInput scheme =
        StaticInput.between(
            golden.parameter("bits").intValue(),
            range.averageLeast(),
            range.averageGreatest(),
            symmetric,
            IntegerRule.ZEROQUANT);
    NDArray values = golden.tensor(scope, name);
    near(
        name,
        RoundedInputs.of(torch, scope, scheme, x).get(":" + values.getShape().get(0)),
        values,
        golden.tolerance("values_rel_to_max"),
        1 - golden.tolerance("entries_on_another_code_max_fraction"));
  }

  private static void near(
      String name, NDArray own, NDArray values, double relative, double least) {
    double most = relative * values.abs().max().getFloat();
    assertThat(Agreement.of(own, values).equalFraction(most))
        .as(name)
        .isGreaterThanOrEqualTo(least);
  }
}
