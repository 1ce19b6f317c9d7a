package dev.assay.engine.recipe;

import dev.assay.engine.calibration.Beside;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.ParameterShare;
import dev.assay.engine.calibration.ShareOfModel;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Holds the steps of a recipe against a model, which needs no weight of it. */
public final class PipelineCheck {
  private final ModelSpec spec;
  private final StageRegistry registry;

  public PipelineCheck(ModelSpec spec, StageRegistry registry) {
    this.spec = spec;
    this.registry = registry;
  }

  /**
   * Makes sure that each step selects what the model has and can work on, and that no linear is
   * rounded twice.
   *
   * @throws BadInputException if not
   */
  public void require(List<Step> steps) {
    requireNoExits(steps);
    steps.forEach(this::requireFits);
    requireOneRounding(steps);
    requireFactorsFirst(steps);
    requireTurnsFirst(steps);
    requireFactoredLast(steps);
    new BesideCheck(registry, this::selected).require(steps);
    requireNarrowedFirst(steps);
    requireStoredLast(steps);
    requireLayersLeft(steps);
    new ExpertNumbers(spec, registry).require(steps);
    requireOneCache(steps);
    requireInputsOnce(steps);
    requireGradients(steps);
    requireShapes(steps);
    steps.forEach(this::requireWhole);
  }

  /**
   * Makes sure that steps can work on linears of the shapes that those before leave, as far as
   * those can be told.
   *
   * @throws BadInputException if not
   */
  void requireShapes(List<Step> steps) {
    ModelSpec shape = spec;
    for (Step step : steps) {
      requireShapes(step, shape);
      shape = registry.method(step).narrowed(shape, step.selection());
    }
  }

  /** Where tokens leave was found on the model as it was. */
  private void requireNoExits(List<Step> steps) {
    if (spec.main().exits() != null && !steps.isEmpty()) {
      throw new BadInputException(
          "stage %s: found a model that tokens leave before its last layer, expected one that they go through as a whole: where they leave was found on it as it is"
              .formatted(steps.get(0).stage()));
    }
    for (int i = 0; i < steps.size() - 1; i++) {
      if (registry.method(steps.get(i)).comesLast()) {
        throw new BadInputException(
            "stage %s: found it behind '%s', expected that to be the last: what it settles is of the model as it is then"
                .formatted(steps.get(i + 1).stage(), steps.get(i).stage()));
      }
    }
  }

  /**
   * Makes sure that linears have as much to give or keep as steps want that mean a share of the
   * model.
   *
   * @throws BadInputException if not
   */
  void requireShares(List<Step> steps, Checkpoint source) {
    for (Step step : steps) {
      if (registry.method(step) instanceof ShareOfModel method) {
        try {
          method.require(ParameterShare.of(spec, step.selection(), source.parameters()));
        } catch (BadInputException e) {
          throw new BadInputException("stage " + step.stage() + ": " + e.getMessage(), e);
        }
      }
    }
  }

  private void requireFits(Step step) {
    try {
      step.selection().requireFits(spec);
      registry.method(step).requireFits(spec);
    } catch (BadInputException e) {
      throw new BadInputException("stage " + step.stage() + ": " + e.getMessage(), e);
    }
  }

  /** What a method cannot work on is said before an hour has gone by. */
  private void requireShapes(Step step, ModelSpec shape) {
    CompressionMethod method = registry.method(step);
    for (Stack stack : shape.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (String name : step.selection().of(stack, layer)) {
          Linear linear = stack.layer(layer).layout().linear(name);
          long out = linear.outFeatures();
          long in = linear.inFeatures();
          String format = stack.layer(layer).linear(name).format();
          if (!method.takes(format)) {
            throw new BadInputException(
                "stage %s: %s: found it stored as %s, expected value by value: zeros among codes stay codes"
                    .formatted(step.stage(), stack.names().inLayer(layer, name), format));
          }
          requireNone(step, stack.names().inLayer(layer, name), out, in, method.misfit(out, in));
        }
      }
    }
    for (Beside which : step.selection().beside()) {
      if (which == Beside.HEAD && method.factorsHead()) {
        continue;
      }
      if (method.besideLayers().isEmpty()) {
        throw new BadInputException(
            "stage %s: targets: found '%s', expected linears of the layers; rtn and hqq work on what stands beside them"
                .formatted(step.stage(), which.word()));
      }
      long[] size = which.shape(spec);
      Optional<String> misfit = method.misfitBeside(size[0], size[1]);
      requireNone(step, which.prefix(spec), size[0], size[1], misfit);
    }
  }

  private static void requireNone(
      Step step, String linear, long out, long in, Optional<String> misfit) {
    if (misfit.isPresent()) {
      throw new BadInputException(
          "stage %s: %s [%d, %d]: %s".formatted(step.stage(), linear, out, in, misfit.get()));
    }
  }

  /** A factor does not pass what is done to an input, and would be left where it is. */
  private void requireFactorsFirst(List<Step> steps) {
    Map<String, String> treated = new HashMap<>();
    for (Step step : steps) {
      if (registry.method(step).movesFactors()) {
        for (String name : selected(step)) {
          String before = treated.get(name);
          if (before != null) {
            throw new BadInputException(
                "%s: found it selected by '%s', which moves factors, after '%s', which rounds its input, expected the other order"
                    .formatted(name, step.stage(), before));
          }
        }
      }
      if (registry.method(step).roundsInputs()) {
        selected(step).forEach(name -> treated.put(name, step.stage()));
      }
    }
  }

  /** What is a product of two would be stored whole again, and what is rounded no longer be so. */
  private void requireFactoredLast(List<Step> steps) {
    Map<String, String> factored = new HashMap<>();
    Map<String, String> rounded = new HashMap<>();
    for (Step step : steps) {
      CompressionMethod method = registry.method(step);
      for (String name : selected(step)) {
        String before = factored.get(name);
        if (before != null && !method.keepsCaches() && !method.leavesWeights()) {
          throw new BadInputException(
              "%s: found it selected by '%s' after '%s', which makes it a product of two, expected nothing behind that: it would be one matrix again"
                  .formatted(name, step.stage(), before));
        }
        String lost = rounded.get(name);
        if (lost != null && method.losesRounding()) {
          throw new BadInputException(
              "%s: found it selected by '%s' after '%s', which rounds it, expected no rounding before: it would be lost"
                  .formatted(name, step.stage(), lost));
        }
        if (method.factors()) {
          factored.put(name, step.stage());
        }
        if (method.rounds()) {
          rounded.put(name, step.stage());
        }
      }
    }
  }

  /** What is left of rounded values, and of treated inputs, would be neither. */
  private void requireNarrowedFirst(List<Step> steps) {
    Map<String, String> settled = new HashMap<>();
    String caches = null;
    for (Step step : steps) {
      CompressionMethod method = registry.method(step);
      if (method.narrows()) {
        if (caches != null) {
          throw new BadInputException(
              "stage %s: found it after '%s', which settles how keys and values of all heads are kept, expected the other order"
                  .formatted(step.stage(), caches));
        }
        for (String name : selected(step)) {
          String before = settled.get(name);
          if (before != null) {
            throw new BadInputException(
                "%s: found it selected by '%s', which makes layers narrower, after '%s', expected the other order: what that made of it would be lost"
                    .formatted(name, step.stage(), before));
          }
        }
      }
      caches = method.keepsCaches() ? step.stage() : caches;
      if (method.rounds() || method.factors() || method.roundsInputs()) {
        selected(step).forEach(name -> settled.put(name, step.stage()));
      }
    }
  }

  /** What is rounded is stored by its codes, and what is stored anew is in another form again. */
  private void requireStoredLast(List<Step> steps) {
    Map<String, String> stored = new HashMap<>();
    Map<String, String> coded = new HashMap<>();
    for (Step step : steps) {
      CompressionMethod method = registry.method(step);
      for (String name : selected(step)) {
        String form = stored.get(name);
        if (form != null && !method.keepsCaches() && !method.leavesWeights()) {
          throw new BadInputException(
              "%s: found it selected by '%s' after '%s', which stores it without its zeros, expected nothing behind that: it would be stored anew"
                  .formatted(name, step.stage(), form));
        }
        String code = coded.get(name);
        if (code != null && method.storesLast()) {
          throw new BadInputException(
              "%s: found it selected by '%s' after '%s', expected one that is stored value by value: zeros among codes stay codes"
                  .formatted(name, step.stage(), code));
        }
        if (method.storesLast()) {
          stored.put(name, step.stage());
        }
        if (method.rounds() || method.factors()) {
          coded.put(name, step.stage());
        }
      }
    }
  }

  /** Layers that are left have other numbers, of which no selection is to speak. */
  private void requireLayersLeft(List<Step> steps) {
    int dropped = 0;
    String by = "";
    String binding = null;
    for (Step step : steps) {
      if (binding != null && registry.method(step).droppedLayers() > 0) {
        throw new BadInputException(
            "stage %s: found it behind '%s', which ties layers to those beside them, expected the other order"
                .formatted(step.stage(), binding));
      }
      binding = registry.method(step).bindsLayers() ? step.stage() : binding;
      if (dropped > 0 && differs(step)) {
        throw new BadInputException(
            "stage %s: targets and ignore: found other linears of one layer than of another behind '%s', which gives layers other numbers, expected the same of all"
                .formatted(step.stage(), by));
      }
      if (registry.method(step).droppedLayers() > 0) {
        dropped += registry.method(step).droppedLayers();
        by = step.stage();
      }
    }
    int depth = spec.main().depth();
    if (dropped >= depth) {
      throw new BadInputException(
          "stage %s: found %d of %d layers dropped by all stages, expected fewer"
              .formatted(by, dropped, depth));
    }
  }

  private boolean differs(Step step) {
    return spec.stacks().stream()
        .anyMatch(
            stack ->
                IntStream.range(0, stack.depth())
                        .mapToObj(layer -> step.selection().of(stack, layer))
                        .distinct()
                        .count()
                    > 1);
  }

  /** The later one would replace the other. */
  private void requireOneCache(List<Step> steps) {
    List<String> keep =
        steps.stream()
            .filter(step -> registry.method(step).keepsCaches())
            .map(Step::stage)
            .toList();
    if (keep.size() > 1) {
      throw new BadInputException(
          "stage %s: found it after '%s', expected one stage that says how keys and values are kept"
              .formatted(keep.get(1), keep.get(0)));
    }
  }

  /** The later scheme would replace the other. */
  private void requireInputsOnce(List<Step> steps) {
    Map<String, String> rounded = new HashMap<>();
    for (Step step : steps) {
      if (registry.method(step).roundsInputs()) {
        for (String name : selected(step)) {
          String before = rounded.putIfAbsent(name, step.stage());
          if (before != null) {
            throw new BadInputException(
                "%s: found it selected by '%s', which rounds its input, and by '%s' before, expected one rounding of an input"
                    .formatted(name, step.stage(), before));
          }
        }
      }
    }
  }

  /** Rounding on the way to the loss has no gradient. */
  private void requireGradients(List<Step> steps) {
    for (int i = 1; i < steps.size(); i++) {
      if (registry.method(steps.get(i)).differentiates()) {
        for (Step before : steps.subList(0, i)) {
          CompressionMethod method = registry.method(before);
          if (method.roundsInputs() || method.keepsCaches()) {
            throw new BadInputException(
                "stage %s: found it after '%s', which rounds inputs, keys or values, expected it before: it goes by gradients, and rounding has none"
                    .formatted(steps.get(i).stage(), before.stage()));
          }
        }
      }
    }
  }

  /** What was pruned or rounded would be mixed with the rest. */
  private void requireTurnsFirst(List<Step> steps) {
    for (int i = 1; i < steps.size(); i++) {
      if (registry.method(steps.get(i)).turns()) {
        for (Step before : steps.subList(0, i)) {
          if (!registry.method(before).folds() && !registry.method(before).leavesWeights()) {
            throw new BadInputException(
                "stage %s: found it after '%s', expected it before all that does more than move factors: it mixes channels"
                    .formatted(steps.get(i).stage(), before.stage()));
          }
        }
      }
    }
  }

  private void requireWhole(Step step) {
    Optional<String> fault = wholeFault(step, registry.method(step));
    if (fault.isPresent()) {
      throw new BadInputException(fault.get());
    }
  }

  /**
   * Of a stage that works on the whole model, and selects of it; the type of what stays dense is
   * the model's.
   */
  static Optional<String> wholeFault(Step step, CompressionMethod method) {
    boolean casts = method.storedType(DType.FLOAT64) != DType.FLOAT64;
    if (step.selection().isAll() || (method.selects() && !casts)) {
      return Optional.empty();
    }
    return Optional.of(
        "stage "
            + step.stage()
            + ": found targets or ignore, expected neither: it "
            + (casts
                ? "changes the type of all that is stored value by value"
                : "works on the model as a whole"));
  }

  /** Steps that quantize are to select linears apart, and those that fold come before. */
  private void requireOneRounding(List<Step> steps) {
    Map<String, String> rounded = new HashMap<>();
    for (Step step : steps) {
      boolean rounds = registry.method(step).rounds();
      boolean folds = registry.method(step).folds();
      if (!rounds && !folds) {
        continue;
      }
      for (String name : selected(step)) {
        String before = rounded.get(name);
        if (before != null && folds) {
          throw new BadInputException(
              "%s: found it selected by '%s', which moves factors, after '%s', which rounds it, expected the other order"
                  .formatted(name, step.stage(), before));
        }
        if (rounds) {
          rounded.put(name, step.stage());
        }
        if (before != null) {
          throw new BadInputException(
              "%s: found it selected by '%s', which rounds it, and by '%s' before, expected one rounding of a linear"
                  .formatted(name, step.stage(), before));
        }
      }
    }
  }

  /** Full names of all that a step works on. */
  private List<String> selected(Step step) {
    List<String> names = new ArrayList<>();
    for (Stack stack : spec.stacks()) {
      for (int layer = 0; layer < stack.depth(); layer++) {
        for (String linear : step.selection().of(stack, layer)) {
          names.add(stack.names().inLayer(layer, linear));
        }
      }
    }
    step.selection().beside().forEach(which -> names.add(which.prefix(spec)));
    return names;
  }
}
