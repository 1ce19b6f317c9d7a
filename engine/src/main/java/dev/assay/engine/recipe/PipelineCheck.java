package dev.assay.engine.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.calibration.Beside;
import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.ExtentOfModel;
import dev.assay.engine.calibration.SourceMethod;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.AttentionSpec;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import java.util.ArrayList;
import java.util.List;
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
    if (replaces(steps)) {
      // What those behind it find is another model, which is held against them then.
      requireFits(steps.get(0));
      StageOrders.all().forEach(order -> order.require(steps, registry::method, this::selected));
      requireWhole(steps.get(0));
      return;
    }
    steps.forEach(this::requireFits);
    StageOrders.all().forEach(order -> order.require(steps, registry::method, this::selected));
    new BesideCheck(registry, this::selected).require(steps);
    requireWholeHead(steps);
    requireLayersLeft(steps);
    new ExpertNumbers(spec, registry).require(steps);
    requireShapes(steps);
    new RoundingCheck(spec, registry, this::selected).require(steps);
    steps.forEach(this::requireWhole);
  }

  private boolean replaces(List<Step> steps) {
    return !steps.isEmpty()
        && registry.method(steps.get(0)) instanceof SourceMethod method
        && method.replaces();
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

  /** What is to be known of steps that leave the model as they find it, as far as can be told. */
  public List<String> idle(List<Step> steps) {
    List<String> idle = new ArrayList<>();
    if (replaces(steps)) {
      return idle;
    }
    ModelSpec shape = spec;
    for (Step step : steps) {
      CompressionMethod method = registry.method(step);
      method
          .leavesAll(shape, step.selection())
          .ifPresent(
              why ->
                  idle.add("stage %s leaves the model as it is: %s".formatted(step.stage(), why)));
      shape = method.narrowed(shape, step.selection());
    }
    return idle;
  }

  /**
   * Makes sure that a configuration of the model's family can say what steps leave, as far as that
   * can be told.
   *
   * @param config of the model
   * @throws BadInputException if not
   */
  public void requireSaid(List<Step> steps, JsonNode config) {
    if (replaces(steps)) {
      requireReplaced(steps, config);
      return;
    }
    ModelSpec shape = spec;
    for (Step step : steps) {
      ModelSpec left = registry.method(step).narrowed(shape, step.selection());
      if (!left.equals(shape)) {
        try {
          ObjectNode unused = new Families().configuration(config, left);
        } catch (IllegalArgumentException e) {
          throw new BadInputException(
              "stage %s: no configuration of %s says what it leaves: %s"
                  .formatted(step.stage(), spec.family(), unsaid(shape, left, e)),
              e);
        }
      }
      shape = left;
    }
  }

  /**
   * Makes sure that what stages before leave of the model can learn what stages teach it, as far as
   * that can be told.
   *
   * @param source the model
   * @throws BadInputException if not
   */
  public void requireLessons(List<Step> steps, Checkpoint source) {
    if (replaces(steps)) {
      PipelineCheck check =
          new PipelineCheck(
              new Families().architecture(replaced(steps, source.config())), registry);
      check.requireLessons(steps.subList(1, steps.size()), source, spec);
    } else {
      requireLessons(steps, source, spec);
    }
  }

  /**
   * The same of steps whose model has taken another's place.
   *
   * @param source what the recipe began with
   * @param original what that is
   */
  void requireLessons(List<Step> steps, Checkpoint source, ModelSpec original) {
    ModelSpec shape = spec;
    for (Step step : steps) {
      CompressionMethod method = registry.method(step);
      try {
        method.requireLesson(source, original, shape);
      } catch (BadInputException e) {
        throw new BadInputException("stage " + step.stage() + ": " + e.getMessage(), e);
      }
      ModelSpec left = method.mayLeave(shape, step.selection()).get(0);
      if (method instanceof SourceMethod || method.narrows() && left.equals(shape)) {
        // Of tokens or widths that the stage itself alone can tell.
        return;
      }
      shape = left;
    }
  }

  /** Of a model in the place of this one. */
  private void requireReplaced(List<Step> steps, JsonNode config) {
    JsonNode other = replaced(steps, config);
    PipelineCheck check = new PipelineCheck(new Families().architecture(other), registry);
    List<Step> rest = steps.subList(1, steps.size());
    check.require(rest);
    check.requireSaid(rest, other);
  }

  /** The configuration of what takes the model's place. */
  private JsonNode replaced(List<Step> steps, JsonNode config) {
    SourceMethod method = (SourceMethod) registry.method(steps.get(0));
    try {
      return method.replaced(config).orElseThrow();
    } catch (BadInputException e) {
      throw new BadInputException("stage " + steps.get(0).stage() + ": " + e.getMessage(), e);
    }
  }

  /** Why no configuration says it, in words of what the stage does. */
  private static String unsaid(ModelSpec shape, ModelSpec left, IllegalArgumentException fault) {
    int width = left.spec().hiddenSize();
    if (width == shape.spec().hiddenSize()) {
      return String.valueOf(fault.getMessage());
    }
    AttentionSpec attention = left.main().layer(0).attention();
    return "found a stream of %d beside %d heads of %d, expected heads whose width follows from that of the stream, as the family has no key for it"
        .formatted(width, attention.heads(), attention.headDimension());
  }

  /** Where tokens leave was found on the model as it was. */
  private void requireNoExits(List<Step> steps) {
    if (spec.main().exits() != null && !steps.isEmpty()) {
      throw new BadInputException(
          "stage %s: found a model that tokens leave before its last layer, expected one that they go through as a whole: where they leave was found on it as it is"
              .formatted(steps.get(0).stage()));
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
      if (registry.method(step) instanceof ExtentOfModel method) {
        try {
          method.requireExtent(spec, step.selection(), source.parameters());
        } catch (BadInputException e) {
          throw new BadInputException("stage " + step.stage() + ": " + e.getMessage(), e);
        }
      }
    }
  }

  /**
   * Makes sure that the model's tokenizer has the tokens that steps work with.
   *
   * @throws BadInputException if not
   */
  public void requireTokens(List<Step> steps, Checkpoint source) {
    for (Step step : steps) {
      try {
        registry.method(step).requireTokens(source, spec);
      } catch (BadInputException e) {
        throw new BadInputException("stage " + step.stage() + ": " + e.getMessage(), e);
      }
    }
  }

  /** What stands beside the layers is stored as one matrix, and no more once it is. */
  private void requireWholeHead(List<Step> steps) {
    String by = null;
    String beside = null;
    for (Step step : steps) {
      CompressionMethod method = registry.method(step);
      boolean head = step.selection().beside().contains(Beside.HEAD);
      if (beside != null && method.narrowsStream()) {
        throw new BadInputException(
            "stage %s: found it behind '%s', which stores what stands beside the layers, expected the other order: it makes that narrower, value by value"
                .formatted(step.stage(), beside));
      }
      if (!step.selection().beside().isEmpty()) {
        beside = step.stage();
      }
      if (by != null && head && method.besideLayers().isPresent()) {
        throw new BadInputException(
            "%s: found it selected by '%s' after '%s', which makes it a product of two, expected nothing behind that: it would be one matrix again"
                .formatted(Beside.HEAD.prefix(spec), step.stage(), by));
      }
      if (head && method.factorsHead()) {
        by = step.stage();
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

  /** Layers that are left have other numbers, of which no selection is to speak. */
  private void requireLayersLeft(List<Step> steps) {
    int dropped = 0;
    String by = "";
    for (Step step : steps) {
      if (dropped > 0 && differs(step)) {
        throw new BadInputException(
            "stage %s: targets and ignore: found other linears of one layer than of another behind '%s', which gives layers other numbers, expected the same of all"
                .formatted(step.stage(), by));
      }
      if (registry.method(step).droppedLayers() > 0) {
        dropped += registry.method(step).droppedLayers(spec.main().depth() - dropped);
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
