package dev.assay.engine.structured;

import dev.assay.engine.calibration.Statistic;
import java.util.Set;

/** How what is left of a weight makes up for the columns that went. */
public enum Recovery {
  /** Not at all. */
  NONE,
  /** By a bias: what those columns added on average. */
  MEAN,
  /** By other values: those whose outputs are nearest on calibration inputs. */
  LEAST_SQUARES,
  /** By other values and a bias. */
  AFFINE;

  /** What is to be known of inputs. */
  Set<Statistic> statistics() {
    return switch (this) {
      case NONE -> Set.of();
      case MEAN -> Set.of(Statistic.MEANS);
      case LEAST_SQUARES -> Set.of(Statistic.HESSIAN);
      case AFFINE -> Set.of(Statistic.HESSIAN, Statistic.MEANS);
    };
  }
}
