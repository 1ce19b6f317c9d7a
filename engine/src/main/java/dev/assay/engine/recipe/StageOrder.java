package dev.assay.engine.recipe;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.config.BadInputException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Stages that may not follow others, wherever both stand.
 *
 * @param later what may not follow
 * @param earlier what it may not follow
 * @param scope where that holds
 * @param fault what is found where it does, with places for what {@code scope} says
 */
record StageOrder(
    Predicate<CompressionMethod> later,
    Predicate<CompressionMethod> earlier,
    Scope scope,
    String fault) {
  /** Where an order holds, and what a fault tells. */
  enum Scope {
    /** On a linear that both select: told are it, the later and the earlier stage. */
    LINEAR,
    /** On the model: told are the later and the earlier stage. */
    MODEL
  }

  /** On a linear that both select. */
  static StageOrder onLinears(
      Predicate<CompressionMethod> later, Predicate<CompressionMethod> earlier, String fault) {
    return new StageOrder(later, earlier, Scope.LINEAR, fault);
  }

  /** On the model, whatever they select. */
  static StageOrder onModel(
      Predicate<CompressionMethod> later, Predicate<CompressionMethod> earlier, String fault) {
    return new StageOrder(later, earlier, Scope.MODEL, fault);
  }

  /**
   * Makes sure that steps keep to it.
   *
   * @param method of a step
   * @param selected full names of all that a step works on
   * @throws BadInputException if not
   */
  void require(
      List<Step> steps,
      Function<Step, CompressionMethod> method,
      Function<Step, List<String>> selected) {
    Map<String, String> before = new HashMap<>();
    for (Step step : steps) {
      CompressionMethod own = method.apply(step);
      List<String> places = scope == Scope.LINEAR ? selected.apply(step) : List.of("");
      for (String place : places) {
        String by = before.get(place);
        if (by != null && later.test(own)) {
          throw new BadInputException(
              scope == Scope.LINEAR
                  ? fault.formatted(place, step.stage(), by)
                  : fault.formatted(step.stage(), by));
        }
        if (earlier.test(own)) {
          before.putIfAbsent(place, step.stage());
        }
      }
    }
  }
}
