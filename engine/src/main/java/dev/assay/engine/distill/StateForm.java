package dev.assay.engine.distill;

import dev.assay.engine.config.BadInputException;
import java.util.List;

/** How what inner layers make of tokens is compared. */
public sealed interface StateForm
    permits Hint,
        ProjectedStates,
        ChannelProducts,
        TokenProducts,
        KernelAlignment,
        Patience,
        AttentionTransfer,
        AttentionScores,
        Relational,
        MiniLm,
        MiniLmV2,
        TinyBert {
  /** The {@code term.Term} that does. */
  TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens);

  /** The rule that finds states where none is given. */
  LayerMap usualLayers();

  /** The tokens that count where that is not said. */
  default Tokens usualTokens() {
    return Tokens.SCORED;
  }

  /** What it reads. */
  default Needs needs(List<StateMatch> pairs) {
    return StateMatch.states(pairs);
  }

  /**
   * @throws BadInputException if the models cannot be compared so
   */
  default void requireFit(ModelSizes student, ModelSizes teacher, List<StateMatch> pairs) {}

  /** Its name in recipes. */
  default String key() {
    return TermTypes.nameOf(getClass());
  }

  /**
   * @throws BadInputException unless there is one pair
   */
  default StateMatch only(List<StateMatch> pairs) {
    if (pairs.size() != 1) {
      throw new BadInputException(
          key() + ": found " + pairs.size() + " states to compare, expected one of each model");
    }
    return pairs.get(0);
  }

  /**
   * @throws BadInputException if a state is the embedding's, which no layer is before
   */
  default void requireLayers(List<StateMatch> pairs) {
    if (pairs.stream().anyMatch(each -> each.student() == 0 || each.teacher() == 0)) {
      throw new BadInputException(
          key() + ": found state 0, which is the embedding's, expected those of layers, from 1");
    }
  }
}
