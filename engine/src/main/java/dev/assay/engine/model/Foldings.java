package dev.assay.engine.model;

import dev.assay.engine.model.LinearGroup.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Finds where factors can move in layers of a shape. */
final class Foldings {
  private static final int ATTENTION_IN = 0;
  private static final int ATTENTION_OUT = 1;

  private final StackShape spec;
  private final Map<LayerModule, String> modules;
  private final List<LinearGroup> groups;
  private final Map<LayerModule, Inspected> judged;
  private final List<Folding> found = new ArrayList<>();

  private Foldings(
      StackShape spec,
      Map<LayerModule, String> modules,
      List<LinearGroup> groups,
      Map<LayerModule, Inspected> judged) {
    this.spec = spec;
    this.modules = modules;
    this.groups = groups;
    this.judged = judged;
  }

  /**
   * All of them, in the order of the forward pass.
   *
   * @param judged modules that show what moving from a norm does, where they are not the obvious
   */
  static List<Folding> of(
      StackShape spec,
      Map<LayerModule, String> modules,
      List<LinearGroup> groups,
      Map<LayerModule, Inspected> judged) {
    Foldings foldings = new Foldings(spec, modules, groups, judged);
    foldings.attention();
    foldings.feedForwards();
    return foldings.found;
  }

  /**
   * Those of a layer of another shape: where values are read by a weight of one shape with the one
   * that makes them is found anew, all else stands.
   */
  static List<Folding> ofOtherShape(List<Folding> before, List<LinearGroup> groups) {
    List<Folding> foldings = new ArrayList<>(before);
    for (int group = 0; group + 1 < groups.size(); group++) {
      if (groups.get(group).roles().contains(Role.VALUES)) {
        Linear source = groups.get(group).values();
        foldings.removeIf(
            folding ->
                folding.source() instanceof Source.Rows rows && rows.name().equals(source.name()));
        if (readAlike(source, groups.get(group + 1).parts().get(0))) {
          foldings.add(fromRows(source, groups, group + 1));
        }
      }
    }
    foldings.sort(Comparator.comparingInt(Folding::group));
    return foldings;
  }

  private void attention() {
    List<String> readers = new ArrayList<>(groups.get(ATTENTION_IN).linears());
    if (spec.residual() == Residual.PARALLEL) {
      readers.addAll(groups.get(feedForward(0)).linears());
      norm(LayerModule.ATTENTION_NORM, readers, ATTENTION_IN, Inspected.BOTH);
    } else if (spec.residual() != Residual.POST) {
      norm(LayerModule.ATTENTION_NORM, readers, ATTENTION_IN, Inspected.ATTENTION);
    }
    values(ATTENTION_IN, ATTENTION_OUT);
    if (spec.residual() == Residual.CROSS) {
      // The encoder's output feeds every layer, so that nothing can be folded into it.
      norm(LayerModule.CROSS_NORM, groups.get(2).linears(), 2, Inspected.LINEARS);
      values(3, 4);
    }
  }

  private void feedForwards() {
    int experts = spec.feedForward().experts();
    boolean ownNorm = spec.residual() != Residual.PARALLEL && spec.residual() != Residual.POST;
    if (experts == 1 && ownNorm) {
      int group = feedForward(0);
      norm(
          LayerModule.FEED_FORWARD_NORM,
          groups.get(group).linears(),
          group,
          Inspected.FEED_FORWARD);
    } else if (ownNorm && modules.containsKey(LayerModule.ROUTER)) {
      List<String> readers = new ArrayList<>();
      for (int expert = 0; expert < experts; expert++) {
        readers.addAll(groups.get(feedForward(expert)).linears());
      }
      found.add(
          new Folding(
              new Source.RoutedNorm(LayerModule.FEED_FORWARD_NORM),
              readers,
              feedForward(0),
              Inspected.FEED_FORWARD));
    }
    for (int expert = 0; expert < experts; expert++) {
      List<Linear> inputs = groups.get(feedForward(expert)).parts();
      if (spec.feedForward().gated()) {
        rows(inputs.get(1), feedForward(expert) + 1);
      } else if (spec.feedForward().activation().homogeneous()) {
        rows(inputs.get(0), feedForward(expert) + 1);
      } else if (modules.containsKey(LayerModule.ACTIVATION)) {
        add(new Source.Activation(), feedForward(expert) + 1);
      }
    }
  }

  /** Index of the first group of an expert. */
  private int feedForward(int expert) {
    return groups.size() - 2 * spec.feedForward().experts() + 2 * expert;
  }

  private void norm(LayerModule norm, List<String> readers, int group, Inspected inspected) {
    found.add(
        new Folding(new Source.Norm(norm), readers, group, judged.getOrDefault(norm, inspected)));
  }

  /**
   * From values to what reads the attention's result, only where both are stored as weights of one
   * shape, as the AWQ code asks: neither with grouped queries nor from a weight that makes queries
   * and keys as well.
   */
  private void values(int group, int output) {
    Linear source = groups.get(group).values();
    if (readAlike(source, groups.get(output).parts().get(0))) {
      rows(source, output);
    }
  }

  private static boolean readAlike(Linear source, Linear reader) {
    return source.rows() == null
        && source.outFeatures() == reader.outFeatures()
        && source.inFeatures() == reader.inFeatures();
  }

  /** One row for each column is needed. */
  private void rows(Linear source, int group) {
    if (source.outFeatures() == groups.get(group).inFeatures()) {
      found.add(fromRows(source, groups, group));
    }
  }

  private static Folding fromRows(Linear source, List<LinearGroup> groups, int group) {
    return new Folding(
        new Source.Rows(source.name()), groups.get(group).linears(), group, Inspected.LINEARS);
  }

  private void add(Source source, int group) {
    found.add(new Folding(source, groups.get(group).linears(), group, Inspected.LINEARS));
  }
}
