package dev.assay.engine.conditional;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.working.WorkingModel;
import java.util.List;
import java.util.Optional;

/**
 * Lowers how many experts tokens go through; the shares of those that are left are made to sum up
 * to 1 as before. No weight changes.
 */
final class ExpertsPerTokenMethod implements WholeModelMethod {
  private final ExpertsPerTokenParameters parameters;

  ExpertsPerTokenMethod(ExpertsPerTokenParameters parameters) {
    this.parameters = parameters;
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
    return parameters.layers() == null
        ? Optional.empty()
        : Optional.of(
            "only Assay sends tokens through fewer experts in some layers; other tools do as in"
                + " the others");
  }

  @Override
  public void requireFits(ModelSpec spec) {
    List<Routed> routed = Routed.of(spec);
    List<Integer> layers = parameters.layers();
    List<Integer> known = routed.stream().map(Routed::layer).toList();
    if (layers != null && !known.containsAll(layers)) {
      throw new BadInputException(
          "layers: found %s, expected some of %s, which have several experts"
              .formatted(layers, known));
    }
    int least =
        chosen(routed).stream()
            .mapToInt(each -> each.feedForward().expertsPerToken())
            .min()
            .orElseThrow();
    if (parameters.experts() >= least) {
      throw new BadInputException(
          "experts: found %d, expected fewer than the %d that tokens go through"
              .formatted(parameters.experts(), least));
    }
  }

  private List<Routed> chosen(List<Routed> routed) {
    List<Integer> layers = parameters.layers();
    return layers == null
        ? routed
        : routed.stream().filter(each -> layers.contains(each.layer())).toList();
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    requireFits(model.spec());
    for (Routed each : chosen(Routed.of(model.spec()))) {
      int experts = each.feedForward().experts();
      model.reshape(
          each.stack(),
          each.layer(),
          layer -> layer.with(layer.feedForward().withExperts(experts, parameters.experts())));
    }
    return List.of();
  }
}
