package dev.assay.engine.structured;

import java.util.Arrays;
import java.util.List;

/** What the rows and columns that go together are worth together. */
public enum Reduction {
  SUM,
  MEAN,
  MAX;

  /**
   * One score of several members'.
   *
   * @param members at least one, of one length
   */
  double[] of(List<double[]> members) {
    double[] reduced = members.get(0).clone();
    for (double[] member : members.subList(1, members.size())) {
      for (int i = 0; i < reduced.length; i++) {
        reduced[i] = this == MAX ? Math.max(reduced[i], member[i]) : reduced[i] + member[i];
      }
    }
    return this == MEAN
        ? Arrays.stream(reduced).map(each -> each / members.size()).toArray()
        : reduced;
  }
}
