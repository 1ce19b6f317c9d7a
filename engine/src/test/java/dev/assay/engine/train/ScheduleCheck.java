package dev.assay.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.fixture.GoldenCase;
import dev.assay.engine.fixture.GoldenCheck;
import dev.assay.engine.torch.TorchSession;
import java.util.Locale;

/** Rates of every step of published schedules, and of some past their end. */
public final class ScheduleCheck implements GoldenCheck {
  @Override
  public void check(TorchSession torch, NDManager scope, GoldenCase golden) {
    double rate = golden.parameter("lr").asDouble();
    double relative = golden.tolerance("rel");
    double absolute = golden.limits("abs") ? golden.tolerance("abs") : 0;
    float[] expected = golden.tensor(scope, "lr").toFloatArray();
    if (golden.has("lr_cosine_closed_form")) {
      double floor = golden.parameter("eta_min").asDouble() / rate;
      int steps = golden.parameter("T_max").intValue();
      float[] plain = golden.tensor(scope, "lr_cosine_closed_form").toFloatArray();
      same(plain, new Schedule.Waves(steps, 0.5, floor), rate, absolute, relative);
      same(expected, new Schedule.TwiceLowered(steps, floor), rate, absolute, relative);
    } else {
      same(expected, schedule(golden, rate), rate, absolute, relative);
    }
  }

  private static void same(
      float[] expected, Schedule schedule, double rate, double absolute, double relative) {
    for (int step = 0; step < expected.length; step++) {
      assertThat(rate * schedule.factor(step))
          .as("rate of step %d", step)
          .isCloseTo(expected[step], within(absolute + relative * expected[step]));
    }
  }

  private static Schedule schedule(GoldenCase golden, double rate) {
    int warmup = golden.parameter("num_warmup_steps").asInt(0);
    int steps = golden.parameter("num_training_steps").asInt(0) - warmup;
    double cycles = golden.parameter("num_cycles").asDouble(0.5);
    double floor =
        golden.parameter("min_lr_rate").isNumber()
            ? golden.parameter("min_lr_rate").asDouble()
            : golden.parameter("min_lr").asDouble(0) / rate;
    return switch (golden.parameter("name").asText()) {
      case "constant" -> new Schedule.Constant();
      case "constant_with_warmup" -> Schedule.Rise.fromZero(warmup, new Schedule.Constant());
      case "linear" -> Schedule.Rise.fromZero(warmup, new Schedule.LinearDecay(steps));
      case "cosine", "cosine_with_min_lr" ->
          Schedule.Rise.fromZero(warmup, new Schedule.Waves(steps, cycles, floor));
      case "cosine_with_restarts" ->
          Schedule.Rise.fromZero(warmup, new Schedule.Restarts(steps, (int) cycles));
      case "polynomial" ->
          Schedule.Rise.fromZero(
              warmup,
              new Schedule.Polynomial(
                  steps,
                  golden.parameter("power").asDouble(),
                  golden.parameter("lr_end").asDouble() / rate));
      case "inverse_sqrt" -> Schedule.Rise.fromZero(warmup, new Schedule.InverseRoot(warmup));
      case "cosine_warmup_with_min_lr" -> early(golden, warmup, steps, floor);
      case "warmup_stable_decay" -> {
        int decay = golden.parameter("num_decay_steps").intValue();
        double least = golden.parameter("min_lr_ratio").asDouble(0);
        yield new Schedule.Rise(
            warmup,
            least,
            1,
            new Schedule.StableDecay(
                steps - decay,
                decay,
                descent(golden.parameter("decay_type").asText("cosine")),
                least));
      }
      case "CosineAnnealingLR" ->
          new Schedule.Waves(
              golden.parameter("T_max").intValue(),
              0.5,
              golden.parameter("eta_min").asDouble() / rate);
      default -> throw new AssertionError(golden.parameter("name").asText());
    };
  }

  /** One whose every step has the rate of the next. */
  private static Schedule early(GoldenCase golden, int warmup, int steps, double floor) {
    Schedule waves = new Schedule.Waves(steps, 0.5, floor);
    boolean given = golden.parameter("warmup_lr_rate").isNumber();
    double from = given ? golden.parameter("warmup_lr_rate").asDouble() : 1.0 / warmup;
    double to = from + (1 - from) * warmup / (warmup - 1);
    return new Schedule.Rise(warmup, from, to, new Schedule.Ahead(waves));
  }

  private static Schedule.Descent descent(String name) {
    return name.equals("1-sqrt")
        ? Schedule.Descent.ROOT
        : Schedule.Descent.valueOf(name.toUpperCase(Locale.ROOT));
  }
}
