package dev.assay.engine.structured;

import dev.assay.engine.calibration.LinearOutcome;
import dev.assay.engine.calibration.Selection;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.calibration.StateSurvey;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.SurveyedStore;
import dev.assay.engine.calibration.WholeModelMethod;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.Stack;
import dev.assay.engine.structured.DropLayersParameters.By;
import dev.assay.engine.structured.DropLayersParameters.Tokens;
import dev.assay.engine.working.WorkingModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Drops whole layers: a model of its family with fewer is left, as it was or with what makes up for
 * them.
 */
final class DropLayersMethod implements WholeModelMethod {
  private static final int MAIN = 0;

  /** Of the choices of layers that may go, how many are shown beforehand. */
  private static final int MOST_CHOICES = 500;

  private final DropLayersParameters parameters;

  DropLayersMethod(DropLayersParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean needsCalibration() {
    return !parameters.names() || recovers();
  }

  /** The inputs of the linear that makes up for layers. */
  @Override
  public Set<Statistic> statistics() {
    return recovers() ? Set.of(Statistic.INPUTS) : Set.of();
  }

  private boolean recovers() {
    return parameters.recovery() != null;
  }

  @Override
  public boolean leavesWeights() {
    return !recovers();
  }

  /** A weight that is fitted is stored value by value. */
  @Override
  public boolean losesRounding() {
    return recovers();
  }

  @Override
  public int droppedLayers() {
    return parameters.least();
  }

  @Override
  public int droppedLayers(int depth) {
    return parameters.count(depth);
  }

  @Override
  public int states() {
    boolean all = parameters.by() == By.INFLUENCE || parameters.tokens() == Tokens.ALL;
    int run = parameters.by() == By.INFLUENCE ? 1 : parameters.remove();
    int choosing = all ? run + 2 : 1;
    return recovers() ? Math.max(choosing, parameters.least() + 1) : choosing;
  }

  @Override
  public boolean selects() {
    return false;
  }

  @Override
  public void requireFits(ModelSpec spec) {
    if (spec.kind() == ModelSpec.Kind.ENCODER_DECODER) {
      throw new BadInputException("found an encoder and a decoder, expected a model of one stack");
    }
    if (spec.spec().sliced() != null) {
      throw new BadInputException(
          "found a stream that was sliced, expected layers that are not tied to those beside them");
    }
    if (recovers()) {
      DepthRecovery.requireFits(spec);
    }
    int depth = spec.stacks().get(MAIN).depth();
    requireThere("layers", parameters.layers(), depth);
    requireThere("keep", parameters.keep(), depth);
    int gone = parameters.count(depth);
    if (gone >= depth) {
      throw new BadInputException(
          "%s: found %d of %d layers, expected fewer"
              .formatted(parameters.names() ? "layers" : "remove", gone, depth));
    }
    if (gone == 0) {
      throw new BadInputException(
          "%s: found none of %d layers that goes, expected at least one"
              .formatted(parameters.keep() == null ? "every" : "keep", depth));
    }
  }

  private static void requireThere(String key, @Nullable List<Integer> named, int depth) {
    if (named != null && named.stream().anyMatch(each -> each >= depth)) {
      throw new BadInputException(
          "%s: found %s, expected numbers from 0 to %d".formatted(key, named, depth - 1));
    }
  }

  @Override
  public List<ModelSpec> mayLeave(ModelSpec spec, Selection selection) {
    Stack whole = spec.stacks().get(MAIN);
    boolean alike = whole.layers().stream().distinct().count() == 1;
    return new LayerChoices(whole.depth(), parameters)
        .all()
        .limit(alike ? 1 : MOST_CHOICES)
        .map(gone -> others(whole.depth(), Set.copyOf(gone)).stream().map(whole::layer).toList())
        .map(left -> spec.with(MAIN, whole.with(left)))
        .toList();
  }

  @Override
  public List<LinearOutcome> compress(WorkingModel model, StageContext context) {
    requireFits(model.spec());
    ModelSpec before = model.spec();
    Stack whole = model.stack(MAIN);
    List<List<Integer>> origins = List.copyOf(model.origins());
    SortedMap<Integer, String> dropped = drop(model, context);
    List<LinearOutcome> outcomes = new ArrayList<>();
    if (recovers()) {
      model.restore(before, origins);
      SurveyedStore store = new SurveyedStore(model, context);
      new DepthRecovery(context, model.before()).run(new TreeSet<>(dropped.keySet()), store);
      model.keepLayers(MAIN, others(whole.depth(), dropped.keySet()));
      outcomes.addAll(store.outcomes());
    }
    dropped.forEach(
        (layer, why) ->
            whole
                .layer(layer)
                .layout()
                .parts()
                .forEach(linear -> outcomes.add(gone(layer, linear, why))));
    return outcomes;
  }

  /** Nothing is left of it. */
  private static LinearOutcome gone(int layer, Linear linear, String why) {
    return new LinearOutcome(
        layer,
        linear.name(),
        linear.outFeatures(),
        linear.inFeatures(),
        1,
        "weight",
        1,
        0,
        0,
        "dropped with its layer: " + why);
  }

  /** Drops layers; which, by their numbers in the model as it was, and why. */
  private SortedMap<Integer, String> drop(WorkingModel model, StageContext context) {
    SortedMap<Integer, String> dropped = new TreeMap<>();
    if (parameters.names()) {
      parameters
          .named(model.stack(MAIN).depth())
          .forEach(
              each ->
                  dropped.put(
                      each,
                      parameters.layers() != null
                          ? "the recipe names it"
                          : "the recipe keeps others"));
    } else if (parameters.by() == By.ANGLE) {
      int depth = model.stack(MAIN).depth();
      List<Double> angles =
          scores(model, context).angles(depth, parameters.remove(), parameters.tokens());
      int first = least(angles);
      String why =
          String.format(
              Locale.ROOT,
              "%d layers turn states by %.4f π",
              parameters.remove(),
              angles.get(first));
      IntStream.range(first, first + parameters.remove()).forEach(each -> dropped.put(each, why));
    } else {
      return byInfluence(model, context);
    }
    model.keepLayers(MAIN, others(model.stack(MAIN).depth(), dropped.keySet()));
    return dropped;
  }

  private SortedMap<Integer, String> byInfluence(WorkingModel model, StageContext context) {
    SortedMap<Integer, String> dropped = new TreeMap<>();
    List<Integer> left =
        new ArrayList<>(IntStream.range(0, model.stack(MAIN).depth()).boxed().toList());
    List<Double> influences = new ArrayList<>(scores(model, context).influences(left.size()));
    for (int gone = 0; gone < parameters.remove(); gone++) {
      int least = least(influences);
      String why = String.format(Locale.ROOT, "its influence is %.4f", influences.remove(least));
      dropped.put(left.remove(least), why);
      model.keepLayers(MAIN, others(left.size() + 1, Set.of(least)));
      if (parameters.again() && gone < parameters.remove() - 1) {
        influences = new ArrayList<>(scores(model, context).influences(left.size()));
      }
    }
    return dropped;
  }

  private static List<Integer> others(int depth, Set<Integer> some) {
    return IntStream.range(0, depth).filter(each -> !some.contains(each)).boxed().toList();
  }

  /** The first of the least. */
  private static int least(List<Double> scores) {
    return IntStream.range(0, scores.size())
        .boxed()
        .min(Comparator.comparingDouble(scores::get))
        .orElseThrow();
  }

  private static DepthScores scores(WorkingModel model, StageContext context) {
    return new DepthScores(new StateSurvey(model.now(), context));
  }
}
