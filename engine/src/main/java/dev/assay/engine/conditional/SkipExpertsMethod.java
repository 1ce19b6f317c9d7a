package dev.assay.engine.conditional;

import dev.assay.engine.calibration.ExpertSurvey;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.FeedForwardSpec.Skipping;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.working.WorkingModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets tokens skip experts, and measures on calibration text through how many they then go. No
 * weight changes.
 */
final class SkipExpertsMethod implements WholeModelMethod {
  private final SkipExpertsParameters parameters;

  SkipExpertsMethod(SkipExpertsParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean needsCalibration() {
    return true;
  }

  /** What a layer's experts read stands beside its input. */
  @Override
  public int states() {
    return 2;
  }

  @Override
  public boolean selects() {
    return false;
  }

  @Override
  public boolean leavesWeights() {
    return true;
  }

  @Override
  public Optional<String> passedOver() {
    return Optional.of("only Assay skips experts; other tools run all that a token's router chose");
  }

  @Override
  public void requireFits(ModelSpec spec) {
    if (Routed.of(spec).stream().allMatch(each -> each.feedForward().expertsPerToken() == 1)) {
      throw new BadInputException(
          "found tokens that go through one expert, expected several, of which they can skip some");
    }
  }

  /** Experts that a sample's tokens go through, and the tokens. */
  private record Taken(long experts, long tokens) {
    Taken and(Taken more) {
      return new Taken(experts + more.experts, tokens + more.tokens);
    }
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    requireFits(model.spec());
    Map<List<Integer>, Taken> taken = new HashMap<>();
    new ExpertSurvey(model.now(), context)
        .look(
            seen ->
                taken.merge(
                    List.of(seen.stack(), seen.layer()),
                    new Taken(
                        new RoutingScript(seen).taken(parameters.below()),
                        seen.input().getShape().get(1)),
                    Taken::and));
    taken.forEach(
        (place, sum) -> {
          Skipping skipping =
              new Skipping(parameters.below(), (double) sum.experts() / sum.tokens());
          model.reshape(
              place.get(0),
              place.get(1),
              layer ->
                  layer.feedForward().expertsPerToken() == 1
                      ? layer
                      : layer.with(layer.feedForward().with(skipping)));
        });
    return List.of();
  }
}
