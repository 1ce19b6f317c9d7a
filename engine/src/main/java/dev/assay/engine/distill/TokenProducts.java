package dev.assay.engine.distill;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import java.util.List;

/**
 * Neuron selectivity transfer with its squared kernel: products H H'ᵀ / width of the tokens of a
 * sequence; mean square of what they differ by over pairs of tokens. Widths may differ.
 *
 * @param adjacent whether H' is the next state, not the same
 * @see <a href="https://arxiv.org/abs/1707.01219">Huang and Wang 2017, NST</a>
 */
public record TokenProducts(
    @Default("false") @Describe("multiply states with the next ones, not with themselves")
        boolean adjacent)
    implements StateForm {
  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    return TermModule.learned(new StateModules(pairs, tokens).grams("gram.TokenGram", adjacent));
  }

  @Override
  public LayerMap usualLayers() {
    return adjacent ? LayerMap.UNIFORM : LayerMap.LAST;
  }

  @Override
  public void requireFit(ModelSizes student, ModelSizes teacher, List<StateMatch> pairs) {
    if (adjacent && pairs.size() < 2) {
      throw new BadInputException(key() + ": found one state of each model, expected at least 2");
    }
  }
}
