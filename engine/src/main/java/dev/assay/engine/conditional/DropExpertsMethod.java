package dev.assay.engine.conditional;

import dev.assay.engine.calibration.ExpertSurvey;
import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.conditional.DropExpertsParameters.Beyond;
import dev.assay.engine.conditional.DropExpertsParameters.By;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.working.WorkingModel;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Drops experts with their rows of the router; what is left is a model of its family with fewer.
 * All layers choose by the model as it was before the first has lost one.
 */
final class DropExpertsMethod implements WholeModelMethod {
  private final DropExpertsParameters parameters;

  DropExpertsMethod(DropExpertsParameters parameters) {
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
  public boolean renumbersExperts() {
    return true;
  }

  @Override
  public void requireFits(ModelSpec spec) {
    List<Routed> routed = Routed.of(spec);
    if (routed.stream().allMatch(each -> each.feedForward().experts() <= parameters.keep())) {
      throw new BadInputException(
          "keep: found %d, expected fewer than the %d experts of a layer"
              .formatted(
                  parameters.keep(),
                  routed.stream()
                      .mapToInt(each -> each.feedForward().experts())
                      .max()
                      .orElseThrow()));
    }
    for (Routed each : routed) {
      if (byOutput() && parameters.beyond() == Beyond.REFUSE && tooMany(each)) {
        throw new BadInputException(
            "keep: found %d of the %d experts of layer %d, which makes %s sets to try, expected at most %d (subsets); or beyond: frequency"
                .formatted(
                    parameters.keep(),
                    each.feedForward().experts(),
                    each.layer(),
                    subsets(each).count(),
                    parameters.subsets()));
      }
    }
  }

  private boolean byOutput() {
    return parameters.by() == By.OUTPUT;
  }

  private Subsets subsets(Routed each) {
    int experts = each.feedForward().experts();
    return new Subsets(experts, Math.max(experts - parameters.keep(), 0));
  }

  private boolean tooMany(Routed each) {
    return subsets(each).count().compareTo(BigInteger.valueOf(parameters.subsets())) > 0;
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    requireFits(model.spec());
    List<Routed> routed =
        Routed.of(model.spec()).stream()
            .filter(each -> each.feedForward().experts() > parameters.keep())
            .toList();
    List<LinearOutcome> outcomes = new ArrayList<>();
    choices(routed, model, context)
        .forEach(
            (each, choice) -> outcomes.addAll(new ExpertRemoval(model, context, each).run(choice)));
    return outcomes;
  }

  /** What is to go from each layer. */
  private Map<Routed, Choice> choices(
      List<Routed> routed, WorkingModel model, StageContext context) {
    Map<List<Integer>, ExpertUsage> usages = new LinkedHashMap<>();
    Map<List<Integer>, ExpertLosses> losses = new LinkedHashMap<>();
    for (Routed each : routed) {
      List<Integer> place = List.of(each.stack(), each.layer());
      if (byOutput() && !tooMany(each)) {
        losses.put(place, new ExpertLosses(subsets(each)));
      } else {
        usages.put(place, new ExpertUsage(each.feedForward().experts()));
      }
    }
    new ExpertSurvey(model.now(), context)
        .look(
            seen -> {
              List<Integer> place = List.of(seen.stack(), seen.layer());
              ExpertLosses loss = losses.get(place);
              ExpertUsage usage = usages.get(place);
              if (loss != null) {
                loss.add(seen);
              } else if (usage != null) {
                usage.add(seen);
              }
            });
    Map<Routed, Choice> choices = new LinkedHashMap<>();
    for (Routed each : routed) {
      List<Integer> place = List.of(each.stack(), each.layer());
      ExpertLosses loss = losses.get(place);
      ExpertUsage usage = usages.get(place);
      if (loss != null) {
        choices.put(each, byLoss(loss));
      } else if (usage != null) {
        choices.put(each, bySeldom(usage, subsets(each).size()));
      }
    }
    return choices;
  }

  /**
   * Experts of a layer that go.
   *
   * @param gone their numbers
   * @param why in words, by number
   */
  record Choice(List<Integer> gone, Map<Integer, String> why) {}

  private static Choice byLoss(ExpertLosses losses) {
    Map.Entry<List<Integer>, Double> least = losses.least();
    Map<Integer, String> why = new LinkedHashMap<>();
    least
        .getKey()
        .forEach(
            expert ->
                why.put(
                    expert,
                    String.format(
                        Locale.ROOT,
                        "without %s outputs change least of %d sets, by %.4g",
                        least.getKey(),
                        losses.all().size(),
                        least.getValue())));
    return new Choice(least.getKey(), why);
  }

  private static Choice bySeldom(ExpertUsage usage, int count) {
    List<Integer> gone = usage.seldomFirst().subList(0, count).stream().sorted().toList();
    Map<Integer, String> why = new LinkedHashMap<>();
    gone.forEach(
        expert ->
            why.put(
                expert,
                "%d of %d tokens chose it".formatted(usage.chosen(expert), usage.tokens())));
    return new Choice(gone, why);
  }
}
