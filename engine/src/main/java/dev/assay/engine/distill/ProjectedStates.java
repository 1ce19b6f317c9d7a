package dev.assay.engine.distill;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A comparison of states, token by token, of which the student's may go through linears. */
sealed interface ProjectedStates extends StateForm permits HiddenCosine, HiddenMse {
  /**
   * What the student's states go through; null for one linear each where widths differ, else none.
   */
  @Nullable Projection projection();

  /** The class of {@code states.py} that compares. */
  String comparison();

  @Override
  default TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    Projection used = Projection.of(projection(), build.student(), build.teacher());
    return new StateModules(pairs, tokens)
        .states(build, used.filters(build, pairs.size()), comparison(), false);
  }

  @Override
  default LayerMap usualLayers() {
    return LayerMap.UNIFORM;
  }

  @Override
  default void requireFit(ModelSizes student, ModelSizes teacher, List<StateMatch> pairs) {
    Projection.of(projection(), student, teacher).requireFit(key(), student, teacher);
  }
}
