package dev.assay.engine.structured;

import dev.assay.engine.calibration.StateSurvey;
import java.util.List;

/** What layers do to hidden states, for tests elsewhere. */
public final class DepthFindings {
  private DepthFindings() {}

  public static List<Double> influences(StateSurvey survey, int depth) {
    return new DepthScores(survey).influences(depth);
  }

  public static List<Double> angles(
      StateSurvey survey, int depth, int length, DropLayersParameters.Tokens tokens) {
    return new DepthScores(survey).angles(depth, length, tokens);
  }
}
