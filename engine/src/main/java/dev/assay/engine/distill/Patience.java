package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import java.util.List;

/**
 * Patient distillation: mean square of what the states of one token of each sequence differ by.
 *
 * @param pooling which token
 * @param normalised whether each state is brought to a length of 1
 * @see <a href="https://arxiv.org/abs/1908.09355">Sun et al. 2019, PKD</a>
 */
public record Patience(
    @Default("first") @Describe("which state stands for a sequence") Pooling pooling,
    @Default("true") @Describe("bring states to a length of 1") boolean normalised)
    implements StateForm {
  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    return TermModule.learned(
        new StateModules(pairs, tokens)
            .plain("patience.Patience")
            .with("pooling", pooling.code())
            .with("normalised", normalised));
  }

  @Override
  public LayerMap usualLayers() {
    return LayerMap.SKIP;
  }

  @Override
  public Tokens usualTokens() {
    return Tokens.ATTENDED;
  }

  @Override
  public void requireFit(ModelSizes student, ModelSizes teacher, List<StateMatch> pairs) {
    Fit.same(key(), "width", student.hidden(), teacher.hidden());
  }
}
