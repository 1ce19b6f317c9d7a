package dev.assay.engine.structured;

import dev.assay.engine.calibration.CompressionMethod;
import java.util.EnumSet;
import java.util.Set;

/** The methods of the stages that make layers narrower. */
final class WidthMethods {
  private WidthMethods() {}

  static CompressionMethod heads(WidthParameters parameters) {
    return of(parameters, EnumSet.of(Unit.HEADS));
  }

  static CompressionMethod channels(WidthParameters parameters) {
    return of(parameters, EnumSet.of(Unit.CHANNELS));
  }

  static CompressionMethod both(WidthParameters parameters) {
    return of(parameters, EnumSet.allOf(Unit.class));
  }

  private static CompressionMethod of(WidthParameters parameters, Set<Unit> units) {
    WidthRequest request =
        new WidthRequest(
            units,
            Counting.WHOLE_ONES_GO,
            parameters.keep(),
            parameters.within(),
            parameters.multiple(),
            parameters.recovery());
    WidthScorer scorer = new WidthScorer(units, parameters.score(), false);
    return parameters.within() == Within.MODEL
        ? new PlannedCutMethod(request, scorer)
        : new CutMethod(
            request, scorer.statistics(), layer -> request.choice().in(scorer.of(layer)));
  }

  static CompressionMethod llmPruner(LlmPrunerParameters parameters) {
    WidthRequest request =
        new WidthRequest(
            EnumSet.allOf(Unit.class),
            Counting.WHOLE_ONES_STAY,
            parameters.keep(),
            Within.LAYER,
            parameters.multiple(),
            parameters.recovery());
    return new PlannedCutMethod(request, new TaylorLook(parameters));
  }

  static CompressionMethod flap(FlapParameters parameters) {
    Set<Unit> units = EnumSet.allOf(Unit.class);
    WidthRequest request =
        new WidthRequest(
            units,
            Counting.WHOLE_ONES_GO,
            parameters.keep(),
            parameters.within(),
            parameters.multiple(),
            parameters.bias() ? Recovery.MEAN : Recovery.NONE);
    return new PlannedCutMethod(request, new WidthScorer(units, parameters.metric().score(), true));
  }
}
