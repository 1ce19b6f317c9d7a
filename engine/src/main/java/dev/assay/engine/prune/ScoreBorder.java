package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;

/**
 * Up to which score weights of a model go, exactly so many of them: found by counting the bits of
 * scores, which are in their order, first the higher half and then the lower half of those at the
 * border. In memory are the counts and one stored weight.
 *
 * @param bits of the float32 at the border; below are those that go
 * @param ties how many of those at the border go
 */
record ScoreBorder(long bits, long ties) {
  private static final int HALF = 16;

  /** Of the higher half, whose sign is none. */
  private static final long HIGH_BINS = 1L << (HALF - 1);

  private static final long LOW_BINS = 1L << HALF;

  /**
   * The border below which a share of all scores lies, rounded to a whole number of them, half to
   * even.
   *
   * @throws ArithmeticException if a score is not finite
   */
  static ScoreBorder find(ScoreSource source, double ratio) {
    ScriptModule script = SmallestScores.script(source.torch());
    long[] high = new long[(int) HIGH_BINS];
    source.look(
        (scope, place, scores) -> {
          TensorChecks.finite(source.torch(), "weight", scores);
          add(high, script.call(scope, "high_bins", scores, HIGH_BINS));
        });
    long all = 0;
    for (long count : high) {
      all += count;
    }
    Bin upper = Bin.of(high, (long) Math.rint(ratio * all));
    long[] low = new long[(int) LOW_BINS];
    source.look(
        (scope, place, scores) ->
            add(low, script.call(scope, "low_bins", scores, upper.index(), LOW_BINS)));
    Bin lower = Bin.of(low, upper.left());
    return new ScoreBorder(upper.index() << HALF | lower.index(), lower.left());
  }

  /**
   * Where a count is reached.
   *
   * @param index the first with which it is
   * @param left how many of that bin it takes
   */
  private record Bin(long index, long left) {
    static Bin of(long[] counts, long wanted) {
      long left = wanted;
      int bin = 0;
      while (bin < counts.length - 1 && left > counts[bin]) {
        left -= counts[bin++];
      }
      return new Bin(bin, left);
    }
  }

  private static void add(long[] counts, NDArray bins) {
    long[] here = bins.toLongArray();
    for (int i = 0; i < here.length; i++) {
      counts[i] += here[i];
    }
  }

  /** How many scores are at the border. */
  long countAt(TorchSession torch, NDArray scores) {
    return SmallestScores.script(torch).callForLong("count_at", scores, bits);
  }

  /**
   * A weight without those that go, float32 [out, in].
   *
   * @param some how many of those at the border go, the first
   */
  NDArray prune(TorchSession torch, NDManager owner, NDArray weight, NDArray scores, long some) {
    ScriptModule script = SmallestScores.script(torch);
    try (NDManager scope = owner.newSubManager()) {
      NDArray mask = script.call(scope, "up_to_bits", scores, bits, some);
      return script.call(owner, "zero_where", weight, mask);
    }
  }
}
