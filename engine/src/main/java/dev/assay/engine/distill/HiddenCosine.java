package dev.assay.engine.distill;

import dev.assay.engine.config.Describe;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * 1 − cos of states.
 *
 * @param projection what the student's states go through; null for one linear each where widths
 *     differ, else none
 * @see <a href="https://arxiv.org/abs/1910.01108">Sanh et al. 2019, DistilBERT</a>
 */
public record HiddenCosine(
    @Describe(
            "linears that the student's states go through; left out, one each where widths differ")
        @Nullable Projection projection)
    implements StateForm {
  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    Projection used = Projection.of(projection, build.student(), build.teacher());
    return new StateModules(pairs, tokens)
        .states(build, used.filters(build, pairs.size()), "Cosine", false);
  }

  @Override
  public LayerMap usualLayers() {
    return LayerMap.UNIFORM;
  }

  @Override
  public void requireFit(ModelSizes student, ModelSizes teacher, List<StateMatch> pairs) {
    Projection.of(projection, student, teacher).requireFit(key(), student, teacher);
  }
}
