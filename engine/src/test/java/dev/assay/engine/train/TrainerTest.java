package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps of every optimizer against the same formulas in float64, and what a trainer keeps. */
class TrainerTest extends TorchTest {
  private static final int ROWS = 6;
  private static final int WIDTH = 3;
  private static final double RATE = 0.05;

  private NDArray x;
  private NDArray y;
  private NDArray start;

  @BeforeEach
  void makeInputs() {
    x = normal(1, ROWS, WIDTH);
    y = normal(2, ROWS, 1).reshape(ROWS);
    start = normal(3, WIDTH, 1).reshape(WIDTH);
  }

  private ModuleNode objective() {
    return new ModuleNode(ScriptClass.of(TrainerTest.class, "fitted.Fitted"))
        .with("weight", start)
        .with("idle", normal(4, 1, 2));
  }

  private Trainer trainer(Optimizer optimizer, Schedule schedule, Parameter... parameters) {
    return new Trainer(torch, objective(), List.of(parameters), optimizer, schedule, true);
  }

  /** Moves a weight in float64; keeps what it remembers. */
  private interface Rule {
    double[] moved(double[] weight, double[] gradient, double rate, int step);
  }

  private static Rule sgd(double momentum, double decay) {
    double[] moves = new double[WIDTH];
    return (weight, gradient, rate, step) -> {
      for (int i = 0; i < WIDTH; i++) {
        moves[i] = momentum * moves[i] + gradient[i] + decay * weight[i];
        weight[i] -= rate * moves[i];
      }
      return weight;
    };
  }

  private static Rule adam(double decay, boolean decoupled) {
    double[] means = new double[WIDTH];
    double[] squares = new double[WIDTH];
    return (weight, gradient, rate, step) -> {
      for (int i = 0; i < WIDTH; i++) {
        double g = gradient[i] + (decoupled ? 0 : decay * weight[i]);
        weight[i] *= decoupled ? 1 - rate * decay : 1;
        means[i] = 0.9 * means[i] + 0.1 * g;
        squares[i] = 0.999 * squares[i] + 0.001 * g * g;
        double mean = means[i] / (1 - Math.pow(0.9, step + 1));
        double square = squares[i] / (1 - Math.pow(0.999, step + 1));
        weight[i] -= rate * mean / (Math.sqrt(square) + 1e-8);
      }
      return weight;
    };
  }

  private static Rule signed() {
    return (weight, gradient, rate, step) -> {
      for (int i = 0; i < WIDTH; i++) {
        weight[i] -= rate * Math.signum(gradient[i]);
      }
      return weight;
    };
  }

  static Stream<Arguments> optimizers() {
    return Stream.of(
        Arguments.of(new Optimizer.Sgd(0, 0), sgd(0, 0)),
        Arguments.of(new Optimizer.Sgd(0.9, 0.1), sgd(0.9, 0.1)),
        Arguments.of(new Optimizer.SignSgd(), signed()),
        Arguments.of(Optimizer.adam(), adam(0, false)),
        Arguments.of(new Optimizer.Adam(0.9, 0.999, 1e-8, 0.3, false), adam(0.3, false)),
        Arguments.of(Optimizer.adamW(0.3), adam(0.3, true)));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void aStepIsTheFormulas(Optimizer optimizer, Rule rule) {
    int steps = 8;
    Schedule schedule = new Schedule.LinearDecay(steps);
    try (Trainer trainer = trainer(optimizer, schedule, Parameter.free("weight", RATE))) {
      double[] weight = doubles(start);
      for (int step = 0; step < steps; step++) {
        double[] terms = terms(weight);
        double[] found = trainer.step(List.of(x, y));

        assertThat(found[0]).isCloseTo(terms[0], within(1e-5));
        assertThat(found[1]).isCloseTo(terms[1], within(1e-5));
        weight = rule.moved(weight, gradient(weight), RATE * schedule.factor(step), step);
        assertThat(doubles(trainer.parameter("weight"))).containsExactly(weight, within(1e-5));
      }
      assertThat(trainer.losses(List.of(x, y))).containsExactly(terms(weight), within(1e-5));
    }
  }

  private double[] terms(double[] weight) {
    double sum = 0;
    double[] off = off(weight);
    for (double each : off) {
      sum += each * each / ROWS;
    }
    return new double[] {sum, 0.01 * Arrays.stream(weight).map(w -> w * w).sum()};
  }

  private double[] off(double[] weight) {
    float[] inputs = x.toFloatArray();
    float[] outputs = y.toFloatArray();
    double[] off = new double[ROWS];
    for (int row = 0; row < ROWS; row++) {
      off[row] = -outputs[row];
      for (int i = 0; i < WIDTH; i++) {
        off[row] += inputs[row * WIDTH + i] * weight[i];
      }
    }
    return off;
  }

  private double[] gradient(double[] weight) {
    float[] inputs = x.toFloatArray();
    double[] off = off(weight);
    double[] gradient = new double[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      gradient[i] = 0.02 * weight[i];
      for (int row = 0; row < ROWS; row++) {
        gradient[i] += 2 * off[row] * inputs[row * WIDTH + i] / ROWS;
      }
    }
    return gradient;
  }

  private static double[] doubles(NDArray values) {
    float[] floats = values.toFloatArray();
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  @Test
  void gradientsAreTold() {
    try (Trainer trainer =
        trainer(
            Optimizer.adam(),
            new Schedule.Constant(),
            Parameter.free("weight", RATE),
            Parameter.free("idle", RATE))) {
      assertThat(doubles(gradient(trainer, "weight")))
          .containsExactly(gradient(doubles(start)), within(1e-5));
      assertThat(gradient(trainer, "idle").toFloatArray()).containsOnly(0);
      float[] idle = trainer.parameter("idle").toFloatArray();
      trainer.step(List.of(x, y));
      assertThat(trainer.parameter("idle").toFloatArray()).isEqualTo(idle);
    }
  }

  private NDArray gradient(Trainer trainer, String name) {
    return Objects.requireNonNull(trainer.gradients(scope, List.of(x, y)).get(name), name);
  }

  /** Steps far too large, so that the first is the best; then what is not finite. */
  @Test
  void theLeastLossIsKept() {
    try (Trainer trainer =
        trainer(new Optimizer.Sgd(0, 0), new Schedule.Constant(), Parameter.free("weight", 1e20))) {
      float[] before = start.toFloatArray();
      double last = 0;
      for (int step = 0; step < 6; step++) {
        last = trainer.step(List.of(x, y))[0];
      }
      assertThat(last).isNaN();
      assertThat(trainer.bestStep()).isZero();
      trainer.restoreBest();
      assertThat(trainer.parameter("weight").toFloatArray()).isEqualTo(before);
      assertThat(start.toFloatArray()).as("what was given").isEqualTo(before);
    }
  }

  @Test
  void boundsHoldBeforeEachStep() {
    try (Trainer trainer =
        trainer(
            new Optimizer.Sgd(0, 0),
            new Schedule.Constant(),
            new Parameter("weight", 0, -0.5, 0.25))) {
      double[] weight = new double[WIDTH];
      for (int i = 0; i < WIDTH; i++) {
        weight[i] = Math.max(-0.5, Math.min(0.25, start.toFloatArray()[i]));
      }
      assertThat(trainer.step(List.of(x, y))).containsExactly(terms(weight), within(1e-5));
      assertThat(doubles(trainer.parameter("weight"))).containsExactly(weight, within(1e-6));
      trainer.put("weight", scope.create(new float[] {1, 2, 3}, new Shape(WIDTH)));
      assertThat(trainer.parameter("weight").toFloatArray()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void anUnknownTensorIsNamed() {
    assertThatThrownBy(
            () -> trainer(Optimizer.adam(), new Schedule.Constant(), Parameter.free("other", RATE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("found no tensor 'other' to be learned, expected one of [idle, weight]");
  }

  @Test
  void schedules() {
    assertThat(factors(new Schedule.Constant(), 0, 7)).containsExactly(1, 1);
    assertThat(factors(new Schedule.LinearDecay(4), 0, 1, 3, 4, 9))
        .containsExactly(1, 0.75, 0.25, 0, 0);
    assertThat(factors(new Schedule.Cosine(4, 0.2), 0, 2, 4, 9))
        .containsExactly(new double[] {1, 0.6, 0.2, 0.2}, within(1e-12));
    assertThat(factors(new Schedule.WarmUp(2, new Schedule.LinearDecay(2)), 0, 1, 2, 3, 4))
        .containsExactly(0.5, 1, 1, 0.5, 0);
  }

  private static double[] factors(Schedule schedule, int... steps) {
    return Arrays.stream(steps).mapToDouble(schedule::factor).toArray();
  }
}
