package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.fixture.Staying;
import dev.assay.engine.prune.MagnitudeParameters;
import dev.assay.engine.prune.RiaParameters;
import dev.assay.engine.prune.SparseGptParameters;
import dev.assay.engine.prune.Sparsity;
import dev.assay.engine.prune.WandaParameters;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What a method of pruning takes away.
 *
 * @param method its name
 * @param sparsity which of the weights
 * @param blockSize columns that SparseGPT prunes at once
 * @param onGrid whether what stays is rounded too, by which more may become 0
 */
record PrunedShare(String method, Sparsity sparsity, int blockSize, boolean onGrid) {
  /** What a step takes; nothing if it does not prune. */
  static Optional<PrunedShare> of(Step step) {
    if (step.parameters() instanceof MagnitudeParameters magnitude) {
      return Optional.of(new PrunedShare(step.stage(), magnitude.sparsity(), 0, false));
    } else if (step.parameters() instanceof WandaParameters wanda) {
      return Optional.of(new PrunedShare(step.stage(), wanda.sparsity(), 0, false));
    } else if (step.parameters() instanceof RiaParameters ria) {
      return Optional.of(new PrunedShare(step.stage(), ria.sparsity(), 0, false));
    } else if (step.parameters() instanceof SparseGptParameters both) {
      boolean onGrid = both.quantization() != null;
      return Optional.of(new PrunedShare(step.stage(), both.sparsity(), both.blockSize(), onGrid));
    }
    return Optional.empty();
  }

  /**
   * Compares a weight with what is left of it.
   *
   * @param byMagnitude whether it was pruned so whatever the method, as it is where calibration
   *     shows too little
   */
  void check(boolean byMagnitude, NDArray before, NDArray after) {
    if (sparsity instanceof Sparsity.NofM pattern) {
      SortedSet<Integer> staying = Staying.ofRuns(after, pattern.m());
      if (onGrid) {
        assertThat(staying.last()).isEqualTo(pattern.n());
      } else {
        assertThat(staying).containsExactly(pattern.n());
      }
      return;
    }
    long zeros = Math.round(Staying.sparsity(after) * after.size());
    assertThat(zeros).isEqualTo(zeros(byMagnitude ? "magnitude" : method, before));
  }

  private long zeros(String by, NDArray before) {
    long rows = before.getShape().get(0);
    long columns = before.getShape().get(1);
    return switch (by) {
      case "magnitude" -> upToThreshold(before.toFloatArray());
      case "wanda" -> rows * (long) (columns * sparsity.ratio());
      case "ria" -> (long) (before.size() * sparsity.ratio()) + 1;
      case "sparsegpt" -> ofBlocks(rows, columns);
      default -> throw new IllegalArgumentException("no pruning called " + by);
    };
  }

  /** All that are no greater than the one at {@code int(count · ratio)}, with those of its size. */
  private long upToThreshold(float[] values) {
    double[] magnitudes = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      magnitudes[i] = Math.abs(values[i]);
    }
    Arrays.sort(magnitudes);
    double threshold = magnitudes[(int) (values.length * sparsity.ratio())];
    return Arrays.stream(magnitudes).filter(magnitude -> magnitude <= threshold).count();
  }

  /** Of each block of columns one more than its ratio, as up to a threshold. */
  private long ofBlocks(long rows, long columns) {
    long zeros = 0;
    for (long from = 0; from < columns; from += blockSize) {
      zeros += (long) (rows * Math.min(blockSize, columns - from) * sparsity.ratio()) + 1;
    }
    return zeros;
  }
}
