package dev.assay.engine.distill;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.RelationModules.Side;
import java.util.List;

/**
 * MiniLM: the divergences of a layer's attention, and of the softmax of its values' products, from
 * the teacher's, per head and token. Both models have as many heads; widths may differ.
 *
 * @param attention weight of the former
 * @param values weight of the latter
 * @param causal whether a token attends only to those up to it
 * @see <a href="https://arxiv.org/abs/2002.10957">Wang et al. 2020, MiniLM</a>
 */
public record MiniLm(
    @Default("1") @Describe("weight of attention") double attention,
    @Default("1") @Describe("weight of values with values") double values,
    @Default("false") @Describe("tokens attend only to those before them, as in decoders")
        boolean causal)
    implements StateForm {
  public MiniLm {
    Numbers.notNegative("attention", attention);
    Numbers.notNegative("values", values);
    Require.that(attention + values > 0, "attention", attention, "above 0 where values is 0");
  }

  private RelationModules relations() {
    return new RelationModules()
        .plus(Side.QUERIES, Side.KEYS, attention)
        .plus(Side.VALUES, Side.VALUES, values);
  }

  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    return relations().module(only(pairs), build.student().heads(), causal, tokens);
  }

  @Override
  public LayerMap usualLayers() {
    return LayerMap.LAST;
  }

  @Override
  public Needs needs(List<StateMatch> pairs) {
    return relations().needs(only(pairs));
  }

  @Override
  public void requireFit(ModelSizes student, ModelSizes teacher, List<StateMatch> pairs) {
    only(pairs);
    requireLayers(pairs);
    Fit.same(key(), "number of heads", student.heads(), teacher.heads());
    for (ModelSizes sizes : List.of(student, teacher)) {
      if (attention != 0 && sizes.queries() != sizes.keys()) {
        throw new BadInputException(
            "%s: found queries of a width of %d and keys of %d, expected heads of their own for both; minilm-v2 takes others"
                .formatted(key(), sizes.queries(), sizes.keys()));
      }
      relations().requireFit(key(), sizes.heads(), sizes);
    }
  }
}
