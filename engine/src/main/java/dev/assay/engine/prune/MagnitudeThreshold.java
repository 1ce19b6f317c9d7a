package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.SurveyedLayer;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.quantize.TensorChecks;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Up to which magnitude weights of a model go, exactly so many of them: found by counting the bits
 * of magnitudes, which are in their order, first the higher half and then the lower half of those
 * at the border. In memory are the counts and one layer. Where several weights lie at the border
 * the first of them go, in the order of the layers and of what is stored in each.
 *
 * @param bits of the float32 at the border; below are those that go
 * @param ties of each stored weight, how many of those at the border go
 */
record MagnitudeThreshold(long bits, Map<Place, Long> ties) {
  private static final int HALF = 16;

  /** Of the higher half, whose sign is none. */
  private static final long HIGH_BINS = 1L << (HALF - 1);

  private static final long LOW_BINS = 1L << HALF;

  /**
   * A stored weight.
   *
   * @param layer position of its layer in the model
   * @param linear the first of those stored in it
   */
  record Place(int layer, String linear) {}

  MagnitudeThreshold {
    ties = Map.copyOf(ties);
  }

  /**
   * The border below which a share of all weights lies, rounded to a whole number of them, half to
   * even.
   *
   * @throws ArithmeticException if a weight is not finite
   */
  static MagnitudeThreshold find(LayerSurvey survey, double ratio) {
    ScriptModule script = SmallestScores.script(survey.torch());
    long[] high = new long[(int) HIGH_BINS];
    look(
        survey,
        (scope, place, weight) -> {
          TensorChecks.finite(survey.torch(), "weight", weight);
          add(high, script.call(scope, "high_bins", weight, HIGH_BINS));
        });
    long all = 0;
    for (long count : high) {
      all += count;
    }
    Border upper = Border.of(high, (long) Math.rint(ratio * all));
    long[] low = new long[(int) LOW_BINS];
    look(
        survey,
        (scope, place, weight) ->
            add(low, script.call(scope, "low_bins", weight, upper.bin(), LOW_BINS)));
    Border lower = Border.of(low, upper.left());
    long bits = upper.bin() << HALF | lower.bin();
    Map<Place, Long> ties = new HashMap<>();
    long[] left = {lower.left()};
    look(
        survey,
        (scope, place, weight) -> {
          long here = Math.min(left[0], script.callForLong("count_at", weight, bits));
          if (here > 0) {
            ties.put(place, here);
            left[0] -= here;
          }
        });
    return new MagnitudeThreshold(bits, ties);
  }

  /**
   * Where a count is reached.
   *
   * @param bin the first with which it is
   * @param left how many of that bin it takes
   */
  private record Border(long bin, long left) {
    static Border of(long[] counts, long wanted) {
      long left = wanted;
      int bin = 0;
      while (bin < counts.length - 1 && left > counts[bin]) {
        left -= counts[bin++];
      }
      return new Border(bin, left);
    }
  }

  /** Sees a weight. */
  private interface Looker {
    void see(NDManager scope, Place place, NDArray weight);
  }

  private static void look(LayerSurvey survey, Looker looker) {
    survey.look(Set.of(), layer -> look(layer, looker));
  }

  private static void look(SurveyedLayer layer, Looker looker) {
    for (LinearGroup group : layer.layout().groups()) {
      for (List<String> linears : layer.layout().storedTogether(group)) {
        try (NDManager scope = layer.scope().newSubManager()) {
          looker.see(
              scope, new Place(layer.position(), linears.get(0)), layer.weights(scope, linears));
        }
      }
    }
  }

  private static void add(long[] counts, NDArray bins) {
    long[] here = bins.toLongArray();
    for (int i = 0; i < here.length; i++) {
      counts[i] += here[i];
    }
  }

  /** A weight without those that go, float32 [out, in]. */
  NDArray prune(TorchSession torch, NDManager owner, NDArray weight, int layer, String linear) {
    ScriptModule script = SmallestScores.script(torch);
    try (NDManager scope = owner.newSubManager()) {
      long some = ties.getOrDefault(new Place(layer, linear), 0L);
      NDArray mask = script.call(scope, "up_to_bits", weight, bits, some);
      return script.call(owner, "zero_where", weight, mask);
    }
  }
}
