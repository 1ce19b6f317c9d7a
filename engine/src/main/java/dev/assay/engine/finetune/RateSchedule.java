package dev.assay.engine.finetune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.train.Schedule;

/**
 * What the learning rate is multiplied by, step by step.
 *
 * @param kind how it goes on after the warm-up
 * @param warmupSteps of a rise in a line from 0, which the first step has
 * @param floor factor at the end
 */
public record RateSchedule(
    @Default("cosine") @Describe("constant, linear, cosine or inverse-root, after the warm-up")
        Kind kind,
    @Default("0") @Describe("steps of a rise from 0, which the first step then has")
        int warmupSteps,
    @Default("0") @Describe("factor at the end, of linear and cosine") double floor) {
  /** How a rate goes. */
  public enum Kind {
    CONSTANT,
    LINEAR,
    COSINE,
    INVERSE_ROOT
  }

  public RateSchedule {
    Require.atLeast("warmupSteps", warmupSteps, 0);
    Require.within("floor", floor, 0, 1);
    Require.that(
        floor == 0 || kind == Kind.LINEAR || kind == Kind.COSINE,
        "floor",
        floor,
        "0 where the schedule has no end");
    Require.that(
        kind != Kind.INVERSE_ROOT || warmupSteps > 0,
        "warmupSteps",
        warmupSteps,
        "at least 1, which inverse-root goes on from");
  }

  /**
   * The same of another number of steps: its warm-up takes the share of them that it had, and a
   * step at least where it had one.
   */
  RateSchedule stretched(int steps, int others) {
    int warm = (int) ((long) warmupSteps * others / steps);
    return new RateSchedule(kind, warmupSteps > 0 ? Math.max(1, warm) : 0, floor);
  }

  /**
   * As the trainer takes it.
   *
   * @param steps of the whole run
   */
  Schedule schedule(int steps) {
    int left = Math.max(1, steps - warmupSteps);
    Schedule then =
        switch (kind) {
          case CONSTANT -> new Schedule.Constant();
          case LINEAR -> new Schedule.Polynomial(left, 1, floor);
          case COSINE -> new Schedule.Waves(left, 0.5, floor);
          case INVERSE_ROOT -> new Schedule.InverseRoot(warmupSteps);
        };
    return warmupSteps == 0 ? then : Schedule.Rise.fromZero(warmupSteps, then);
  }
}
