package dev.assay.leaderboard.stats;

import java.util.List;
import org.apache.commons.statistics.inference.MannWhitneyUTest;

/**
 * The Mann-Whitney U test: whether the samples of two distributions tend to differ, whatever the
 * distributions' shape; for telling a regression between two runs of one cell from noise.
 */
public final class MannWhitney {
  private MannWhitney() {}

  /**
   * @return the two-sided p-value; exact for few samples without ties, else by the normal
   *     approximation with correction for ties and continuity
   * @throws IllegalArgumentException if either has no samples or one is not finite
   */
  public static double pValue(List<Double> a, List<Double> b) {
    return MannWhitneyUTest.withDefaults().test(Summary.values(a), Summary.values(b)).getPValue();
  }
}
