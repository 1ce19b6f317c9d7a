package dev.assay.engine.distill;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.distill.RelationModules.Side;
import java.util.List;

/**
 * MiniLMv2: the divergences of the softmax of products of a layer's queries, keys and values with
 * themselves from the teacher's, cut into as many heads in both. Widths and heads may differ.
 *
 * @param heads relation heads
 * @param queries weight of queries
 * @param keys of keys
 * @param values of values
 * @param causal whether a token is related only to those up to it
 * @see <a href="https://arxiv.org/abs/2012.15828">Wang et al. 2021, MiniLMv2</a>
 */
public record MiniLmV2(
    @Default("12") @Describe("heads that the widths of both models are cut into") int heads,
    @Default("1") @Describe("weight of queries with queries") double queries,
    @Default("1") @Describe("weight of keys with keys") double keys,
    @Default("1") @Describe("weight of values with values") double values,
    @Default("false") @Describe("tokens are related only to those before them") boolean causal)
    implements StateForm {
  public MiniLmV2 {
    Require.atLeast("heads", heads, 1);
    Numbers.notNegative("queries", queries);
    Numbers.notNegative("keys", keys);
    Numbers.notNegative("values", values);
    Require.that(queries + keys + values > 0, "queries", queries, "one weight above 0");
  }

  private RelationModules relations() {
    return new RelationModules()
        .plus(Side.QUERIES, Side.QUERIES, queries)
        .plus(Side.KEYS, Side.KEYS, keys)
        .plus(Side.VALUES, Side.VALUES, values);
  }

  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    return relations().module(only(pairs), heads, causal, tokens);
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
    relations().requireFit(key(), heads, student);
    relations().requireFit(key(), heads, teacher);
  }
}
