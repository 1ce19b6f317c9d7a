package dev.assay.engine.distill;

import java.util.List;

/**
 * Mean square of what attention scores before the softmax differ by; masked ones count as 0.
 *
 * @see <a href="https://arxiv.org/abs/1909.10351">Jiao et al. 2020, TinyBERT</a>
 */
public record AttentionScores() implements StateForm {
  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    return TermModule.learned(new StateModules(pairs, tokens).scores(false));
  }

  @Override
  public LayerMap usualLayers() {
    return LayerMap.UNIFORM;
  }

  @Override
  public Needs needs(List<StateMatch> pairs) {
    return StateMatch.scores(pairs);
  }

  @Override
  public void requireFit(ModelSizes student, ModelSizes teacher, List<StateMatch> pairs) {
    requireLayers(pairs);
    Fit.same(key(), "number of heads", student.heads(), teacher.heads());
  }
}
