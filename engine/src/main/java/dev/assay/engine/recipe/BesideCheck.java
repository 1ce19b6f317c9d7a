package dev.assay.engine.recipe;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.config.BadInputException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Holds steps that put products beside linears against those before and behind them. */
final class BesideCheck {
  private final StageRegistry registry;
  private final Function<Step, List<String>> selected;

  /**
   * @param selected full names of all that a step works on
   */
  BesideCheck(StageRegistry registry, Function<Step, List<String>> selected) {
    this.registry = registry;
    this.selected = selected;
  }

  /**
   * Makes sure that what is corrected was rounded, that what has something beside it is stored no
   * more, and that adapters meet the weights that they are for.
   *
   * @throws BadInputException if not
   */
  void require(List<Step> steps) {
    requireOwnWeights(steps);
    Map<String, String> rounded = new HashMap<>();
    Map<String, String> beside = new HashMap<>();
    Map<String, String> moved = new HashMap<>();
    for (Step step : steps) {
      CompressionMethod method = registry.method(step);
      boolean storesAnew =
          (method.rounds() || !method.keepsCaches())
              && !method.leavesWeights()
              && (method.corrects() || !method.putsBeside());
      for (String name : selected.apply(step)) {
        String before = beside.get(name);
        if (before != null && storesAnew) {
          throw new BadInputException(
              "%s: found it selected by '%s' after '%s', which puts a product beside it, expected nothing behind that: it would be lost"
                  .formatted(name, step.stage(), before));
        }
        if (method.corrects() && !rounded.containsKey(name)) {
          throw new BadInputException(
              "%s: found it selected by '%s', which makes up for rounding, expected a stage before that rounds it"
                  .formatted(name, step.stage()));
        }
        String renumbered = moved.get(name);
        if (method.corrects() && renumbered != null) {
          throw new BadInputException(
              "%s: found it selected by '%s' behind '%s', which gives experts other numbers after they were rounded, expected the correction before"
                  .formatted(name, step.stage(), renumbered));
        }
        if (method.putsBeside()) {
          beside.put(name, step.stage());
        }
        if (method.rounds()) {
          rounded.put(name, step.stage());
        }
      }
      if (method.renumbersExperts()) {
        rounded.keySet().forEach(name -> moved.put(name, step.stage()));
      }
    }
  }

  /** An adapter fits neither channels that are scaled or mixed nor fewer of them. */
  private void requireOwnWeights(List<Step> steps) {
    String changed = null;
    for (Step step : steps) {
      CompressionMethod method = registry.method(step);
      if (method.adapts() && changed != null) {
        throw new BadInputException(
            "stage %s: found it after '%s', which moves factors, mixes channels, takes some away or gives experts other numbers, expected the other order: an adapter is for the weights of the checkpoint"
                .formatted(step.stage(), changed));
      }
      if (method.movesFactors()
          || method.turns()
          || method.narrows()
          || method.renumbersExperts()) {
        changed = step.stage();
      }
    }
  }
}
