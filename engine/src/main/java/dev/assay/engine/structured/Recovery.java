package dev.assay.engine.structured;

import dev.assay.engine.calibration.Statistic;
import java.util.Set;

/** How what is left of a weight makes up for the columns that went. */
public enum Recovery {
  /** Not at all. */
  NONE(Set.of()),
  /** By a bias: what those columns added on average. */
  MEAN(Set.of(Statistic.MEANS)),
  /** By other values: those whose outputs are nearest on calibration inputs. */
  LEAST_SQUARES(Set.of(Statistic.HESSIAN)),
  /** By other values and a bias. */
  AFFINE(Set.of(Statistic.HESSIAN, Statistic.MEANS));

  private final Set<Statistic> statistics;

  Recovery(Set<Statistic> statistics) {
    this.statistics = statistics;
  }

  /** What is to be known of inputs. */
  Set<Statistic> statistics() {
    return statistics;
  }
}
