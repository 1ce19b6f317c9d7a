package dev.assay.engine.distill;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.distill.RelationModules.Side;
import java.util.List;

/**
 * MiniLM: the divergences of a layer's attention, and of the softmax of its values' products, from
 * the teacher's, per head and token. Both models have as many heads; widths may differ.
 *
 * @param causal whether a token attends only to those up to it
 * @see <a href="https://arxiv.org/abs/2002.10957">Wang et al. 2020, MiniLM</a>
 */
public record MiniLm(
    @Default("false") @Describe("tokens attend only to those before them, as in decoders")
        boolean causal)
    implements StateForm {
  private static RelationModules relations() {
    return new RelationModules().plus(Side.QUERIES, Side.KEYS, 1).plus(Side.VALUES, Side.VALUES, 1);
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
      if (sizes.queries() != sizes.keys()) {
        throw new BadInputException(
            "%s: found queries of a width of %d and keys of %d, expected heads of their own for both; minilm-v2 takes others"
                .formatted(key(), sizes.queries(), sizes.keys()));
      }
      relations().requireFit(key(), sizes.heads(), sizes);
    }
  }
}
