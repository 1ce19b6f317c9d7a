package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.ModuleNode;
import dev.assay.engine.torch.ScriptClass;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.ScriptObject.Attribute;
import dev.assay.engine.torch.TorchSession;
import java.util.List;

/**
 * Two parameters over the steps of an optimizer, whose gradients are given, and what it remembers.
 */
public final class OptimizerCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    new Case(scope, golden).check();
  }

  private record Case(NDManager scope, GoldenCase golden) {
    void check() {
      Optimizer optimizer = optimizer();
      NDArray[] parameters = {own("A0"), own("B0")};
      ModuleNode root =
          new ModuleNode(ScriptClass.of(OptimizerCheck.class, "moved.Moved"))
              .with("optimizer", optimizer.module())
              .with("parameters", new Attribute.NoTensors());
      try (ScriptModule script = ScriptModule.load(scope, root.object())) {
        script.run("watch", List.of(parameters));
        NDArray gA = golden.input(scope, "gA");
        NDArray gB = golden.input(scope, "gB");
        int steps = Math.toIntExact(gA.getShape().get(0));
        for (int step = 0; step < steps; step++) {
          NDArray told =
              script
                  .callWithAutograd(
                      scope,
                      "step",
                      List.of(gA.get(step).duplicate(), gB.get(step).duplicate()),
                      rates(optimizer, step),
                      scope.create(new double[] {most()}))
                  .get(0);
          if (golden.has("grad_norm")) {
            assertThat(told.toDoubleArray()[0])
                .isCloseTo(
                    golden.tensor(scope, "grad_norm").toFloatArray()[step],
                    within(golden.tolerance("abs")));
          }
          same(parameters[0], golden.tensor(scope, "A").get(step), "A after step " + step);
          same(parameters[1], golden.tensor(scope, "B").get(step), "B after step " + step);
        }
        remembered(script);
      }
    }

    private NDArray own(String name) {
      return golden.input(scope, name).duplicate();
    }

    private double number(String key, double otherwise) {
      return golden.parameter(key).asDouble(otherwise);
    }

    private double most() {
      return number("max_norm", Double.POSITIVE_INFINITY);
    }

    private NDArray rates(Optimizer optimizer, int step) {
      double rate = number("lr", 1);
      if (golden.parameter("schedule").isTextual()) {
        assertThat(golden.parameter("schedule").asText()).isEqualTo("cosine");
        int warmup = golden.parameter("warmup_steps").intValue();
        int steps = golden.parameter("total_steps").intValue();
        rate *=
            Schedule.Rise.fromZero(warmup, new Schedule.Waves(steps - warmup, 0.5, 0)).factor(step);
      }
      double decay = optimizer.weightDecay();
      double other = golden.parameter("groups").isTextual() ? 0 : decay;
      return scope.create(new double[] {rate, decay, rate, other}, new Shape(2, 2));
    }

    private Optimizer optimizer() {
      return switch (golden.algorithm()) {
        case "adamw", "adam" ->
            new Optimizer.Adam(
                number("b1", 0.9),
                number("b2", 0.999),
                number("eps", 1e-8),
                number("wd", 0),
                golden.algorithm().equals("adamw"));
        case "sgd" ->
            new Optimizer.Sgd(
                number("momentum", 0),
                number("dampening", 0),
                golden.parameter("nesterov").booleanValue(),
                number("weight_decay", 0));
        case "lion" -> new Optimizer.Lion(number("b1", 0.9), number("b2", 0.99), number("wd", 0));
        case "adafactor" ->
            new Optimizer.Adafactor(
                golden.parameter("eps").get(0).asDouble(),
                golden.parameter("eps").get(1).asDouble(),
                number("clip_threshold", 1),
                number("decay_rate", -0.8),
                number("beta1", 0),
                number("weight_decay", 0),
                golden.parameter("scale_parameter").booleanValue(),
                golden.parameter("relative_step").booleanValue(),
                golden.parameter("warmup_init").booleanValue());
        default -> throw new AssertionError(golden.algorithm());
      };
    }

    private void remembered(ScriptModule script) {
      List<NDArray> memory = script.callForList(scope, "memory");
      List<String> names =
          golden.has("exp_avg_sq_A")
              ? List.of("exp_avg_A", "exp_avg_B", "exp_avg_sq_A", "exp_avg_sq_B")
              : golden.has("exp_avg_A")
                  ? List.of("exp_avg_A", "exp_avg_B")
                  : golden.has("momentum_buffer_A")
                      ? List.of("momentum_buffer_A", "momentum_buffer_B")
                      : List.of();
      for (int i = 0; i < names.size(); i++) {
        same(memory.get(i), golden.tensor(scope, names.get(i)), names.get(i));
      }
    }

    private void same(NDArray found, NDArray expected, String what) {
      assertThat(found.toFloatArray())
          .as(what)
          .containsExactly(expected.toFloatArray(), within((float) golden.tolerance("abs")));
    }
  }
}
