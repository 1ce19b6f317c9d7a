package dev.assay.engine.structured;

import dev.assay.engine.calibration.CompressionMethod;
import java.util.Set;

/** The methods of the stages that make layers narrower. */
final class WidthMethods {
  private static final Set<Unit> ALL = Set.of(Unit.HEADS, Unit.CHANNELS);

  private WidthMethods() {}

  static CompressionMethod heads(WidthParameters parameters) {
    return of(parameters, Set.of(Unit.HEADS));
  }

  static CompressionMethod channels(WidthParameters parameters) {
    return of(parameters, Set.of(Unit.CHANNELS));
  }

  static CompressionMethod both(WidthParameters parameters) {
    return of(parameters, ALL);
  }

  private static CompressionMethod of(WidthParameters parameters, Set<Unit> units) {
    return KeptOf.method(
        parameters.of(), parameters.keep(), units, keep -> of(parameters, units, keep));
  }

  private static CompressionMethod of(WidthParameters parameters, Set<Unit> units, double keep) {
    WidthRequest request =
        new WidthRequest(
            units,
            Counting.WHOLE_ONES_GO,
            keep,
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
    return KeptOf.method(
        parameters.of(), parameters.keep(), ALL, keep -> llmPruner(parameters, keep));
  }

  private static CompressionMethod llmPruner(LlmPrunerParameters parameters, double keep) {
    WidthRequest request =
        new WidthRequest(
            ALL,
            Counting.WHOLE_ONES_STAY,
            keep,
            Within.LAYER,
            parameters.multiple(),
            parameters.recovery());
    return new PlannedCutMethod(request, new TaylorLook(parameters));
  }

  static CompressionMethod flap(FlapParameters parameters) {
    return KeptOf.method(parameters.of(), parameters.keep(), ALL, keep -> flap(parameters, keep));
  }

  private static CompressionMethod flap(FlapParameters parameters, double keep) {
    WidthRequest request =
        new WidthRequest(
            ALL,
            Counting.WHOLE_ONES_GO,
            keep,
            parameters.within(),
            parameters.multiple(),
            parameters.making());
    return new PlannedCutMethod(request, new WidthScorer(ALL, parameters.metric().score(), true));
  }
}
