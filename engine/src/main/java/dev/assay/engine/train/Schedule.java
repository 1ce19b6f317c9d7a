package dev.assay.engine.train;

/** What learning rates are multiplied by, step by step. */
public sealed interface Schedule {
  /**
   * The factor of a step.
   *
   * @param step from 0
   */
  double factor(int step);

  private static void requireSteps(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps: found " + steps + ", expected at least 1");
    }
  }

  /** One rate throughout. */
  record Constant() implements Schedule {
    @Override
    public double factor(int step) {
      return 1;
    }
  }

  /** Down to 0 in a line: 1 − step / steps, and 0 after them. */
  record LinearDecay(int steps) implements Schedule {
    public LinearDecay {
      requireSteps(steps);
    }

    @Override
    public double factor(int step) {
      return Math.max(0, 1 - (double) step / steps);
    }
  }

  /**
   * Down along half a cosine, and level after it.
   *
   * @param floor factor at its end
   * @see <a href="https://arxiv.org/abs/1608.03983">Loshchilov and Hutter 2017, SGDR</a>
   */
  record Cosine(int steps, double floor) implements Schedule {
    public Cosine {
      requireSteps(steps);
      if (!(floor >= 0 && floor <= 1)) {
        throw new IllegalArgumentException("floor: found " + floor + ", expected from 0 to 1");
      }
    }

    @Override
    public double factor(int step) {
      double way = Math.min(1, (double) step / steps);
      return floor + (1 - floor) * (1 + Math.cos(Math.PI * way)) / 2;
    }
  }

  /**
   * Up from 0 in a line, then as another schedule from its beginning.
   *
   * @param steps of the rise, whose first has the factor 1 / steps
   */
  record WarmUp(int steps, Schedule then) implements Schedule {
    public WarmUp {
      requireSteps(steps);
    }

    @Override
    public double factor(int step) {
      return step < steps ? (step + 1.0) / steps : then.factor(step - steps);
    }
  }
}
