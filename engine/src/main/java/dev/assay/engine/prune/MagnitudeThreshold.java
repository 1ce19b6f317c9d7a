package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.SurveyedLayer;
import dev.assay.engine.model.LinearGroup;
import dev.assay.engine.prune.ScoreSource.Place;
import dev.assay.engine.torch.TorchSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Up to which magnitude weights of a model go, exactly so many of them. Where several lie at the
 * border the first of them go, in the order of the layers and of what is stored in each.
 *
 * @param ties of each stored weight, how many of those at the border go
 */
record MagnitudeThreshold(ScoreBorder border, Map<Place, Long> ties) {
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
    Magnitudes magnitudes = new Magnitudes(survey);
    ScoreBorder border = ScoreBorder.find(magnitudes, ratio);
    Map<Place, Long> ties = new HashMap<>();
    long[] left = {border.ties()};
    magnitudes.look(
        (scope, place, weight) -> {
          long here = Math.min(left[0], border.countAt(survey.torch(), weight));
          if (here > 0) {
            ties.put(place, here);
            left[0] -= here;
          }
        });
    return new MagnitudeThreshold(border, ties);
  }

  /** Weights, which are their own scores. */
  private record Magnitudes(LayerSurvey survey) implements ScoreSource {
    @Override
    public TorchSession torch() {
      return survey.torch();
    }

    @Override
    public void look(Looker looker) {
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
  }

  /** A weight without those that go, float32 [out, in]. */
  NDArray prune(TorchSession torch, NDManager owner, NDArray weight, int layer, String linear) {
    long some = ties.getOrDefault(new Place(layer, linear), 0L);
    return border.prune(torch, owner, weight, weight, some);
  }
}
