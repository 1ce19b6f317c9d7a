package dev.assay.engine.finetune;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.EnumName;
import dev.assay.engine.config.Require;
import dev.assay.engine.train.Schedule;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the learning rate is multiplied by, step by step.
 *
 * @param kind how it goes on after the warm-up
 * @param warmupSteps of a rise in a line from 0, which the first step has
 * @param floor factor at the end
 * @param cycles times that cosine-restarts goes down; null for another kind
 * @param decaySteps the last steps, in which stable-decay goes down; null for another kind
 */
public record RateSchedule(
    @Default("cosine")
        @Describe(
            "constant, linear, cosine, inverse-root, cosine-restarts or stable-decay, after the warm-up")
        Kind kind,
    @Default("0") @Describe("steps of a rise from 0, which the first step then has")
        int warmupSteps,
    @Default("0") @Describe("factor at the end, of linear, cosine and stable-decay") double floor,
    @Describe("times that cosine-restarts goes down, from the whole rate each time")
        @Nullable Integer cycles,
    @Describe("the last steps, in which stable-decay goes down along half a cosine")
        @Nullable Integer decaySteps) {
  /** How a rate goes. */
  public enum Kind {
    CONSTANT,
    LINEAR,
    COSINE,
    INVERSE_ROOT,
    COSINE_RESTARTS,
    STABLE_DECAY
  }

  public RateSchedule {
    Require.atLeast("warmupSteps", warmupSteps, 0);
    Require.within("floor", floor, 0, 1);
    Require.that(
        floor == 0 || kind == Kind.LINEAR || kind == Kind.COSINE || kind == Kind.STABLE_DECAY,
        "floor",
        floor,
        "0 where the schedule has no floor");
    requireOf(Kind.COSINE_RESTARTS, kind, "cycles", cycles);
    requireOf(Kind.STABLE_DECAY, kind, "decaySteps", decaySteps);
    Require.that(
        kind != Kind.INVERSE_ROOT || warmupSteps > 0,
        "warmupSteps",
        warmupSteps,
        "at least 1, which inverse-root goes on from");
  }

  /** A key that one kind has to have, and no other may. */
  private static void requireOf(Kind owner, Kind kind, String key, @Nullable Integer value) {
    if (kind == owner) {
      Require.that(value != null && value >= 1, key, String.valueOf(value), "at least 1");
    } else {
      Require.that(
          value == null, key, String.valueOf(value), "none but with " + EnumName.of(owner));
    }
  }

  /**
   * The same of another number of steps: its warm-up takes the share of them that it had, and a
   * step at least where it had one.
   */
  RateSchedule stretched(int steps, int others) {
    int warm = warmupSteps > 0 ? Math.max(1, share(warmupSteps, steps, others)) : 0;
    Integer down = decaySteps == null ? null : Math.max(1, share(decaySteps, steps, others));
    return new RateSchedule(kind, warm, floor, cycles, down);
  }

  private static int share(int some, int steps, int others) {
    return (int) ((long) some * others / steps);
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
          case COSINE_RESTARTS -> new Schedule.Restarts(left, Objects.requireNonNull(cycles));
          case STABLE_DECAY -> {
            int down = Objects.requireNonNull(decaySteps);
            yield new Schedule.StableDecay(
                Math.max(0, left - down), down, Schedule.Descent.COSINE, floor);
          }
        };
    return warmupSteps == 0 ? then : Schedule.Rise.fromZero(warmupSteps, then);
  }
}
