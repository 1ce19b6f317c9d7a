package dev.assay.harness.hardware.disturbance;

import dev.assay.leaderboard.result.Conditions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Takes a measurement until nothing disturbs it, up to {@link Limits#RETAKES} times more than once.
 * Which attempt stands depends on what was seen beside it, never on the measured value.
 */
public final class Attempts {
  private Attempts() {}

  /**
   * One attempt.
   *
   * @param value what was measured
   * @param seen what went on meanwhile
   */
  public record Attempt<T>(T value, Observation seen) {}

  /**
   * The attempt that stands: the first calm one, else the calmest.
   *
   * @param value what was measured
   * @param conditions what went on meanwhile
   * @param disturbed the limits that were exceeded, in words; null if none
   * @param seen what went on in each attempt
   */
  public record Taken<T>(
      T value, Conditions conditions, @Nullable String disturbed, List<Observation> seen) {
    public Taken {
      seen = List.copyOf(seen);
    }

    /** How the attempts went, in words. */
    public String story(Limits limits) {
      List<String> each = new ArrayList<>();
      for (Observation attempt : seen) {
        String text = Excess.text(limits.exceeded(attempt));
        each.add(text.isEmpty() ? "calm" : text);
      }
      return "taken " + seen.size() + " times, each in turn: " + String.join(" | ", each);
    }
  }

  /**
   * @param limits what counts as disturbed
   * @param measurement does the measurement; is given the number of the attempt, from 1
   */
  public static <T> Taken<T> take(Limits limits, IntFunction<Attempt<T>> measurement) {
    List<Attempt<T>> attempts = new ArrayList<>();
    do {
      attempts.add(measurement.apply(attempts.size() + 1));
    } while (attempts.size() <= Limits.RETAKES
        && !limits.exceeded(attempts.get(attempts.size() - 1).seen()).isEmpty());
    return best(limits, attempts);
  }

  /**
   * What was measured once and cannot be measured again. A single reading of the clock tells
   * nothing of its fall.
   */
  public static <T> Taken<T> once(Limits limits, T value, Observation seen) {
    return best(limits, List.of(new Attempt<>(value, seen.withoutClock())));
  }

  private static <T> Taken<T> best(Limits limits, List<Attempt<T>> attempts) {
    Attempt<T> calmest =
        attempts.stream()
            .min(
                Comparator.comparingDouble(
                    attempt -> Excess.worst(limits.exceeded(attempt.seen()))))
            .orElseThrow();
    List<Excess> exceeded = limits.exceeded(calmest.seen());
    return new Taken<>(
        calmest.value(),
        calmest.seen().conditions(attempts.size()),
        exceeded.isEmpty() ? null : Excess.text(exceeded),
        attempts.stream().map(Attempt::seen).toList());
  }
}
