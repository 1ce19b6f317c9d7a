package dev.assay.leaderboard.result;

import org.jspecify.annotations.Nullable;

/**
 * Energy that a stage which trains took, all of it: texts, looks and saves too.
 *
 * @param joules by the counters of the processor packages and their memory; absent where there is
 *     no telling
 * @param unmeasured why there is none; present exactly then
 */
public record TrainingEnergy(@Nullable Double joules, @Nullable String unmeasured) {
  public TrainingEnergy {
    if ((joules == null) == (unmeasured == null || unmeasured.isBlank())) {
      throw new IllegalArgumentException(
          "energy: found %s and '%s', expected joules, or a reason why there are none"
              .formatted(joules, unmeasured));
    }
    if (joules != null) {
      Magnitude.require("joules", joules);
    }
  }

  /** So many. */
  public static TrainingEnergy of(double joules) {
    return new TrainingEnergy(joules, null);
  }

  /** None, for a reason. */
  public static TrainingEnergy unmeasured(String reason) {
    return new TrainingEnergy(null, reason);
  }
}
