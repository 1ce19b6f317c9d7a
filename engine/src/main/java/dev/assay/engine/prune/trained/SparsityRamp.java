package dev.assay.engine.prune.trained;

import dev.assay.engine.config.Require;
import dev.assay.engine.train.Schedule;

/**
 * Which share of weights is pruned, step by step: none at first, then along a cubic, and all of it
 * for the last steps.
 *
 * @param sparsity in the end
 * @param warmup first steps, in which nothing is pruned
 * @param cooldown last steps, in which no more is pruned
 * @param steps all of them
 * @see <a href="https://arxiv.org/abs/1710.01878">Zhu and Gupta 2017</a>
 * @see <a href="https://arxiv.org/abs/2005.07683">Sanh et al. 2020, equation 5</a>
 */
record SparsityRamp(double sparsity, int warmup, int cooldown, int steps) {
  private static final double POWER = 3;

  SparsityRamp {
    Require.atLeast("warmupSteps", warmup, 0);
    Require.atLeast("cooldownSteps", cooldown, 1);
    Require.that(
        warmup + (long) cooldown < steps,
        "warmupSteps",
        warmup + " beside " + cooldown + " of cooldownSteps",
        "fewer together than the %d steps, so that there are some to prune in".formatted(steps));
  }

  /**
   * The share of a step.
   *
   * @param step from 0
   */
  double at(int step) {
    if (step < warmup) {
      return 0;
    }
    Schedule left = new Schedule.Polynomial(steps - warmup - cooldown, POWER, 0);
    return sparsity * (1 - left.factor(step - warmup));
  }

  /** How many of some weights go at a step. */
  long goes(long weights, int step) {
    return (long) (weights * at(step));
  }
}
