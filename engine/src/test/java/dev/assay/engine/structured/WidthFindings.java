package dev.assay.engine.structured;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.GradientSurvey;
import dev.assay.engine.calibration.LayerSurvey;
import dev.assay.engine.calibration.LayerView;
import dev.assay.engine.recipe.Stage;
import dev.assay.engine.recipe.StageRegistry;
import dev.assay.engine.recipe.StageType;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What heads and channels are worth, for tests elsewhere. */
public final class WidthFindings {
  private WidthFindings() {}

  /**
   * Of one layer.
   *
   * @param heads each key and value head's
   * @param channels each channel's of the first feed-forward
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Scores(double[] heads, double[] channels) {}

  /** Those that FLAP goes by. */
  public static SortedMap<Integer, Scores> flap(LayerSurvey survey, FlapParameters parameters) {
    WidthScorer scorer =
        new WidthScorer(EnumSet.allOf(Unit.class), parameters.metric().score(), true);
    SortedMap<Integer, Scores> found = new TreeMap<>();
    survey.look(
        scorer.statistics(),
        layer -> found.put(layer.position(), scores(scorer, layer, parameters.within())));
    return found;
  }

  /**
   * What the loss feels.
   *
   * @param loss of the samples
   */
  public record Felt(double loss, SortedMap<Integer, Scores> scores) {}

  /** What LLM-Pruner goes by. */
  public static Felt felt(LayerSurvey survey, LlmPrunerParameters parameters) {
    GradientSurvey gradients = survey.gradients();
    TaylorScorer scorer = new TaylorScorer(parameters, gradients);
    double loss = gradients.look(scorer);
    SortedMap<Integer, Scores> found = new TreeMap<>();
    scorer
        .scores()
        .forEach(
            (layer, scores) ->
                found.put(layer, new Scores(scores.headSums(), scores.channels().get(0))));
    return new Felt(loss, found);
  }

  private static Scores scores(WidthScorer scorer, LayerView layer, Within within) {
    WidthScores scores = scorer.of(layer);
    double[] channels = scores.channels().get(0);
    return within == Within.MODEL
        ? new Scores(scores.headMeans(), WidthScores.standardised(channels))
        : new Scores(scores.headSums(), channels);
  }

  /** A stage that notes the scores of each layer before it cuts it as others would. */
  public record Noting(WidthParameters parameters, Map<Integer, Scores> found) implements Stage {
    /** The only stage. */
    public static StageRegistry registry() {
      return new StageRegistry(
          List.of(new StageType<>("noting", "noting", Noting.class, Noting::method)));
    }

    private CompressionMethod method() {
      WidthScorer scorer = new WidthScorer(EnumSet.allOf(Unit.class), parameters.score(), false);
      WidthRequest request =
          new WidthRequest(
              EnumSet.allOf(Unit.class),
              Counting.WHOLE_ONES_GO,
              parameters.keep(),
              Within.LAYER,
              1,
              Recovery.NONE);
      return new CutMethod(
          request,
          scorer.statistics(),
          layer -> {
            found.put(layer.position(), scores(scorer, layer, Within.LAYER));
            return request.choice().in(scorer.of(layer));
          });
    }
  }
}
