package dev.assay.engine.distill;

import dev.assay.engine.config.Describe;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mean square of what states differ by.
 *
 * @param projection what the student's states go through; null for one linear each where widths
 *     differ, else none
 * @see <a href="https://arxiv.org/abs/1909.10351">Jiao et al. 2020, TinyBERT</a>
 */
public record HiddenMse(
    @Describe(
            "linears that the student's states go through; left out, one each where widths differ")
        @Nullable Projection projection)
    implements StateForm {
  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    Projection used = Projection.of(projection, build.student(), build.teacher());
    return new StateModules(pairs, tokens)
        .states(build, used.filters(build, pairs.size()), "MeanSquare", false);
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
