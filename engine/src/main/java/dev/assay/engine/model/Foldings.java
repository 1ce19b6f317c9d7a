package dev.assay.engine.model;

import java.util.ArrayList;
import java.util.List;

/** Finds where factors can move in layers of a shape. */
final class Foldings {
  private static final int ATTENTION_IN = 0;
  private static final int ATTENTION_OUT = 1;
  private static final int VALUES = 2;

  private final DecoderSpec spec;
  private final List<LinearGroup> groups;
  private final List<Folding> found = new ArrayList<>();

  private Foldings(DecoderSpec spec, List<LinearGroup> groups) {
    this.spec = spec;
    this.groups = groups;
  }

  /** All of them, in the order of the forward pass. */
  static List<Folding> of(DecoderSpec spec, List<LinearGroup> groups) {
    Foldings foldings = new Foldings(spec, groups);
    foldings.attention();
    foldings.feedForwards();
    return foldings.found;
  }

  private void attention() {
    List<String> readers = new ArrayList<>(groups.get(ATTENTION_IN).linears());
    if (spec.residual() == Residual.PARALLEL) {
      readers.addAll(groups.get(feedForward(0)).linears());
      norm(Side.ATTENTION_NORM, readers, ATTENTION_IN, Inspected.BOTH);
    } else if (spec.residual() != Residual.POST) {
      norm(Side.ATTENTION_NORM, readers, ATTENTION_IN, Inspected.ATTENTION);
    }
    rows(groups.get(ATTENTION_IN).parts().get(VALUES), ATTENTION_OUT);
    if (spec.residual() == Residual.CROSS) {
      // The encoder's output feeds every layer, so that nothing can be folded into it.
      norm(Side.CROSS_NORM, groups.get(2).linears(), 2, Inspected.LINEARS);
      rows(groups.get(3).parts().get(1), 4);
    }
  }

  private void feedForwards() {
    int experts = spec.feedForward().experts();
    boolean ownNorm = spec.residual() != Residual.PARALLEL && spec.residual() != Residual.POST;
    // A norm that feeds a router and all experts is left alone.
    if (experts == 1 && ownNorm) {
      int group = feedForward(0);
      norm(Side.FEED_FORWARD_NORM, groups.get(group).linears(), group, Inspected.FEED_FORWARD);
    }
    for (int expert = 0; expert < experts; expert++) {
      List<Linear> inputs = groups.get(feedForward(expert)).parts();
      if (spec.feedForward().gated()) {
        rows(inputs.get(1), feedForward(expert) + 1);
      } else if (spec.feedForward().activation().homogeneous()) {
        rows(inputs.get(0), feedForward(expert) + 1);
      }
    }
  }

  /** Index of the first group of an expert. */
  private int feedForward(int expert) {
    return groups.size() - 2 * spec.feedForward().experts() + 2 * expert;
  }

  private void norm(Side side, List<String> readers, int group, Inspected inspected) {
    found.add(new Folding(new Source.Norm(side), readers, group, inspected));
  }

  /** One row for each column is needed; queries that share values share their rows. */
  private void rows(Linear source, int group) {
    LinearGroup readers = groups.get(group);
    if (source.outFeatures() == readers.inFeatures()) {
      found.add(
          new Folding(new Source.Rows(source.name()), readers.linears(), group, Inspected.LINEARS));
    }
  }
}
