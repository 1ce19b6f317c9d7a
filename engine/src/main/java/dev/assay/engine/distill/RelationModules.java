package dev.assay.engine.distill;

import dev.assay.engine.torch.ModuleNode;
import java.util.ArrayList;
import java.util.List;

/** Relations of the tokens of a sequence by a layer's queries, keys and values. */
final class RelationModules {
  private final List<ModuleNode> kinds = new ArrayList<>();
  private boolean queries;
  private boolean keys;
  private boolean values;

  /** What a relation is of; numbers are those of {@code relation.Relation}. */
  enum Side {
    QUERIES(0),
    KEYS(1),
    VALUES(2);

    private final int code;

    Side(int code) {
      this.code = code;
    }

    /** Its number in scripts. */
    int code() {
      return code;
    }
  }

  /** Adds a relation; one without weight is left out. */
  RelationModules plus(Side left, Side right, double weight) {
    if (weight != 0) {
      kinds.add(
          TermBuild.node("relation.Relation")
              .with("left", left.code())
              .with("right", right.code())
              .with("weight", weight));
      queries |= left == Side.QUERIES || right == Side.QUERIES;
      keys |= left == Side.KEYS || right == Side.KEYS;
      values |= left == Side.VALUES || right == Side.VALUES;
    }
    return this;
  }

  TermModule module(StateMatch pair, int heads, boolean causal, Tokens tokens) {
    return TermModule.learned(
        TermBuild.node("relations.Relations")
            .with("student", pair.student() - 1)
            .with("teacher", pair.teacher() - 1)
            .with("heads", heads)
            .with("kinds", kinds)
            .with("causal", causal)
            .with("attended", tokens.attended()));
  }

  Needs needs(StateMatch pair) {
    return new Needs(reads(pair.student() - 1), reads(pair.teacher() - 1));
  }

  private Reads reads(int layer) {
    return new Reads(
        Reads.NONE.states(),
        Reads.NONE.scores(),
        queries ? Reads.of(layer) : Reads.NONE.queries(),
        keys ? Reads.of(layer) : Reads.NONE.keys(),
        values ? Reads.of(layer) : Reads.NONE.values());
  }

  /** Whether a model's widths can be cut into these heads. */
  void requireFit(String term, int heads, ModelSizes sizes) {
    if (queries) {
      Fit.divides(term, "queries", heads, sizes.queries());
    }
    if (keys) {
      Fit.divides(term, "keys", heads, sizes.keys());
    }
    if (values) {
      Fit.divides(term, "values", heads, sizes.values());
    }
  }
}
