package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.fixture.GoldenCase;
import java.util.Arrays;

/** The steps of a golden run, each compared. */
record RunSteps(NDManager scope, GoldenCase golden, RunBatches batches) {
  Optimizer optimizer() {
    JsonNode given = golden.parameter("optimizer");
    return new Optimizer.Adam(
        given.path("b1").asDouble(),
        given.path("b2").asDouble(),
        given.path("eps").asDouble(),
        given.path("wd").asDouble(),
        true);
  }

  void steps(ModelTrainer trainer) {
    JsonNode given = golden.parameter("optimizer");
    int steps = given.path("steps").asInt();
    double most =
        given.path("clip").isNull() ? Double.POSITIVE_INFINITY : given.path("clip").asDouble();
    int warmup = given.path("warmup").asInt();
    Schedule schedule =
        given.path("schedule").asText().equals("constant")
            ? new Schedule.Constant()
            : Schedule.Rise.fromZero(warmup, new Schedule.Waves(steps - warmup, 0.5, 0));
    float[] losses = golden.tensor(scope, "loss").toFloatArray();
    float[] norms = golden.tensor(scope, "grad_norm").toFloatArray();
    assertThat(losses).hasSize(steps);
    assertThat(losses[0]).isEqualTo((float) golden.scalar("loss_first"));
    assertThat(losses[steps - 1]).isEqualTo((float) golden.scalar("loss_last"));
    for (int step = 0; step < steps; step++) {
      TrainingBatch batch = batches.of(step);
      double loss = Arrays.stream(trainer.accumulate(batch, batch.counts())).sum();
      double norm = trainer.norm();
      String limit = step == 0 ? "first_step_loss_abs" : "loss_abs";
      assertThat(loss)
          .as("loss of step %d", step)
          .isCloseTo(losses[step], within(golden.tolerance(limit)));
      assertThat(norm / norms[step])
          .as("norm of step %d", step)
          .isCloseTo(1, within(golden.tolerance("grad_norm_rel")));
      trainer.move(given.path("lr").asDouble() * schedule.factor(step), norm, most);
    }
  }

  void logits(ModelTrainer trainer) {
    NDArray logits = trainer.logits(scope, batches.shown()).get(0);
    float[] expected = golden.tensor(scope, "final_logits").toFloatArray();
    int[] places = batches.places();
    int width = expected.length / places.length;
    for (int i = 0; i < places.length; i++) {
      assertThat(logits.get(places[i]).toFloatArray())
          .as("logits of place %d", places[i])
          .containsExactly(
              Arrays.copyOfRange(expected, i * width, (i + 1) * width),
              within((float) golden.tolerance("logits_abs")));
    }
  }
}
