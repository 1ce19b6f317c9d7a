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

  private static void requireFactor(String name, double factor) {
    if (!(factor >= 0 && factor <= 1)) {
      throw new IllegalArgumentException(name + ": found " + factor + ", expected from 0 to 1");
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
      requireFactor("floor", floor);
    }

    @Override
    public double factor(int step) {
      double way = Math.min(1, (double) step / steps);
      return floor + (1 - floor) * (1 + Math.cos(Math.PI * way)) / 2;
    }
  }

  /**
   * Half a cosine, or as many waves as one likes, from 1 to a floor; beyond its end it rises again.
   *
   * @param cycles waves; a half goes down once
   * @param floor factor at the bottom of a wave
   */
  record Waves(int steps, double cycles, double floor) implements Schedule {
    public Waves {
      requireSteps(steps);
      requireFactor("floor", floor);
      if (!(cycles > 0) || Double.isInfinite(cycles)) {
        throw new IllegalArgumentException("cycles: found " + cycles + ", expected above 0");
      }
    }

    @Override
    public double factor(int step) {
      double wave = (1 + Math.cos(2 * Math.PI * cycles * step / steps)) / 2;
      return Math.max(0, floor + (1 - floor) * wave);
    }
  }

  /**
   * Half a cosine from 1 to 0, several times over, and 0 after the last.
   *
   * @see <a href="https://arxiv.org/abs/1608.03983">Loshchilov and Hutter 2017, SGDR</a>
   */
  record Restarts(int steps, int cycles) implements Schedule {
    public Restarts {
      requireSteps(steps);
      if (cycles < 1) {
        throw new IllegalArgumentException("cycles: found " + cycles + ", expected at least 1");
      }
    }

    @Override
    public double factor(int step) {
      if (step >= steps) {
        return 0;
      }
      double way = (double) step * cycles / steps;
      return Math.max(0, (1 + Math.cos(Math.PI * (way - Math.floor(way)))) / 2);
    }
  }

  /** Down from 1 along a power of what is left, to a floor where it stays. */
  record Polynomial(int steps, double power, double floor) implements Schedule {
    public Polynomial {
      requireSteps(steps);
      requireFactor("floor", floor);
      if (!(power > 0) || Double.isInfinite(power)) {
        throw new IllegalArgumentException("power: found " + power + ", expected above 0");
      }
    }

    @Override
    public double factor(int step) {
      double left = Math.max(0, 1 - (double) step / steps);
      return floor + (1 - floor) * Math.pow(left, power);
    }
  }

  /** Down as one over the root of the steps, without an end. */
  record InverseRoot(int timescale) implements Schedule {
    public InverseRoot {
      requireSteps(timescale);
    }

    @Override
    public double factor(int step) {
      return 1 / Math.sqrt((step + (double) timescale) / timescale);
    }
  }

  /** How a {@link StableDecay} goes down. */
  enum Descent {
    COSINE,
    LINEAR,
    /** 1 − the root of the way. */
    ROOT
  }

  /**
   * Level, then down to a floor where it stays.
   *
   * @param level steps at 1
   * @param decay steps down
   * @see <a href="https://arxiv.org/abs/2404.06395">Hu et al. 2024, MiniCPM</a>
   */
  record StableDecay(int level, int decay, Descent descent, double floor) implements Schedule {
    public StableDecay {
      requireSteps(decay);
      requireFactor("floor", floor);
      if (level < 0) {
        throw new IllegalArgumentException("level: found " + level + ", expected from 0");
      }
    }

    @Override
    public double factor(int step) {
      double way = Math.min(1, Math.max(0, (double) (step - level) / decay));
      double left =
          switch (descent) {
            case COSINE -> (1 + Math.cos(Math.PI * way)) / 2;
            case LINEAR -> 1 - way;
            case ROOT -> 1 - Math.sqrt(way);
          };
      return floor + (1 - floor) * left;
    }
  }

  /**
   * The cosine as EfficientQAT's loop reads it: from the second step on the share by which a step
   * lowers what is above the floor is taken twice.
   *
   * @param steps of the way down
   * @param floor factor at its end
   * @see <a href="https://arxiv.org/abs/2407.11062">Chen et al. 2024, EfficientQAT</a>
   */
  record TwiceLowered(int steps, double floor) implements Schedule {
    public TwiceLowered {
      requireSteps(steps);
      requireFactor("floor", floor);
    }

    @Override
    public double factor(int step) {
      double above = above(step);
      return floor
          + (1 - floor) * (step == 0 || step > steps ? above : above * above / above(step - 1));
    }

    private double above(int step) {
      return (1 + Math.cos(Math.PI * Math.min(step, steps) / steps)) / 2;
    }
  }

  /** Each step as the next of another schedule. */
  record Ahead(Schedule other) implements Schedule {
    @Override
    public double factor(int step) {
      return other.factor(step + 1);
    }
  }

  /**
   * Up in a line, then as another schedule from its beginning.
   *
   * @param steps of the rise
   * @param from factor of the first of them
   * @param to factor that the step behind them would have if the line went on
   */
  record Rise(int steps, double from, double to, Schedule then) implements Schedule {
    public Rise {
      if (steps < 0) {
        throw new IllegalArgumentException("warmupSteps: found " + steps + ", expected from 0");
      }
    }

    /** From 0, which the first step has, as most codes do it. */
    public static Schedule fromZero(int steps, Schedule then) {
      return new Rise(steps, 0, 1, then);
    }

    @Override
    public double factor(int step) {
      return step < steps ? from + (to - from) * step / steps : then.factor(step - steps);
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
