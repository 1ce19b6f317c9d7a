package dev.assay.engine.learned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.Agreement;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.train.Optimizer;
import dev.assay.engine.train.Schedule;
import dev.assay.engine.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** AutoRound on one linear. */
public final class AutoRoundCheck implements GoldenCheck {
  private static final Pattern BATCH = Pattern.compile("\\(t\\*(\\d+)\\+j\\) mod 32");

  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    NDArray w = torch.tensors().rows(scope, golden.input(scope, "W"), 0, 32);
    NDArray x = golden.input(scope, "X").reshape(32, 16, 128);
    LearnedWeight weight =
        new RoundingLearner(
                golden.parameter("bits").intValue(),
                golden.parameter("group_size").intValue(),
                golden.parameter("symmetric").booleanValue(),
                golden.parameter("lr").doubleValue(),
                golden.parameter("minmax_lr").doubleValue())
            .weight(torch, scope, w, DType.FLOAT32);
    ModuleNode objective = LearnedWeight.module("LinearObjective").with("linear", weight.linear());
    int iterations = golden.parameter("iters").intValue();
    Matcher batch = BATCH.matcher(golden.parameter("batch").asText());
    assertThat(batch.find()).isTrue();
    int size = Integer.parseInt(batch.group(1));

    try (Trainer trainer =
        new Trainer(
            torch,
            objective,
            weight.parameters(objective),
            new Optimizer.SignSgd(),
            new Schedule.LinearDecay(iterations),
            true)) {
      NDArray nearest = weight.stored(scope, initial -> initial).dequantize(torch, scope);
      Map<String, NDArray> gradients = trainer.gradients(scope, batch(x, w, 0, size));
      double[] losses = new double[iterations];
      for (int step = 0; step < iterations; step++) {
        losses[step] = trainer.step(batch(x, w, step, size))[0];
      }
      trainer.restoreBest();
      NDArray learned =
          weight
              .stored(scope, each -> trainer.parameter(objective.nameOf(each)))
              .dequantize(torch, scope);

      NDArray gradient =
          Objects.requireNonNull(
              gradients.get(objective.nameOf(weight.learned().get(0).initial())));
      assertThat(relativeToGreatest(gradient, golden.tensor(scope, "grad_v_step1")))
          .isLessThanOrEqualTo(golden.tolerance("grad_step1_rel"));
      double first = 100 * golden.tolerance("loss_step1_rel");
      assertThat(losses[0]).isCloseTo(golden.scalar("initial_loss"), withinPercentage(first));
      double each = 100 * golden.tolerance("losses_rel");
      double[] goldenLosses = golden.tensor(scope, "losses").toDoubleArray();
      for (int step = 0; step < iterations; step++) {
        assertThat(losses[step])
            .as("step %d", step)
            .isCloseTo(goldenLosses[step], withinPercentage(each));
      }
      assertThat(losses[trainer.bestStep()])
          .isCloseTo(golden.scalar("best_loss"), withinPercentage(each));
      assertThat(Agreement.of(learned, golden.tensor(scope, "wq")).equalFraction(1e-6))
          .isGreaterThanOrEqualTo(golden.tolerance("wq_equal_fraction_min"));
      assertThat(meanSquare(x, w, learned))
          .isCloseTo(
              golden.scalar("mse_all_data"),
              withinPercentage(100 * golden.tolerance("mse_all_data_rel")));
      assertThat(meanSquare(x, w, nearest))
          .isCloseTo(golden.scalar("rtn_mse_all_data"), withinPercentage(first));
    }
  }

  /** Sequences (t · size + j) mod 32, with the outputs that they are to have. */
  private static List<NDArray> batch(NDArray x, NDArray w, int step, int size) {
    long from = (long) step * size % 32;
    NDArray inputs = x.get(from + ":" + (from + size));
    NDArray outputs = inputs.reshape(-1, 128).matMul(w.transpose()).reshape(size, 16, -1);
    return List.of(inputs, outputs);
  }

  static double relativeToGreatest(NDArray found, NDArray golden) {
    Shape shape = golden.getShape();
    return Agreement.of(found.reshape(shape), golden).greatestDifference()
        / golden.abs().max().getFloat();
  }

  private static double meanSquare(NDArray x, NDArray w, NDArray q) {
    return Agreement.outputError(x.reshape(-1, 128), w, q) / (512.0 * w.getShape().get(0));
  }
}
