package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import java.util.ArrayList;
import java.util.List;

/**
 * TinyBERT's inner layers: mean squares of what the embeddings' outputs, the layers' states and
 * their attention scores differ by, added up. One linear brings all states to the teacher's width.
 *
 * @param states weight of the former
 * @param scores weight of scores
 * @see <a href="https://arxiv.org/abs/1909.10351">Jiao et al. 2020, TinyBERT</a>
 */
public record TinyBert(
    @Default("1") @Describe("weight of states") double states,
    @Default("1") @Describe("weight of attention scores") double scores)
    implements StateForm {
  public TinyBert {
    Numbers.notNegative("states", states);
    Numbers.notNegative("scores", scores);
    Require.that(states + scores > 0, "states", states, "above 0 where scores is 0");
  }

  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    List<StateMatch> all = withEmbedding(pairs);
    return new Terms()
        .plus(
            states,
            new StateModules(all, tokens)
                .states(build, Projection.SHARED.filters(build, all.size()), "MeanSquare", true))
        .plus(scores, TermModule.learned(new StateModules(pairs, tokens).scores(true)))
        .sum();
  }

  private static List<StateMatch> withEmbedding(List<StateMatch> pairs) {
    List<StateMatch> all = new ArrayList<>(List.of(new StateMatch(0, 0)));
    all.addAll(pairs);
    return all;
  }

  @Override
  public LayerMap usualLayers() {
    return LayerMap.UNIFORM;
  }

  @Override
  public Needs needs(List<StateMatch> pairs) {
    Needs its = states == 0 ? Needs.NONE : StateMatch.states(withEmbedding(pairs));
    return scores == 0 ? its : its.and(StateMatch.scores(pairs));
  }

  @Override
  public void requireFit(ModelSizes student, ModelSizes teacher, List<StateMatch> pairs) {
    requireLayers(pairs);
    if (scores != 0) {
      Fit.same(key(), "number of heads", student.heads(), teacher.heads());
    }
  }
}
