package dev.assay.engine.distill;

import java.util.List;

/**
 * Attention transfer by activations: the mean squares over channels of a state, brought to a length
 * of 1 over the tokens of a sequence; mean square of what they differ by. Widths may differ.
 *
 * @see <a href="https://arxiv.org/abs/1612.03928">Zagoruyko and Komodakis 2017</a>
 */
public record AttentionTransfer() implements StateForm {
  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    return TermModule.learned(new StateModules(pairs, tokens).plain("attention_map.AttentionMap"));
  }

  @Override
  public LayerMap usualLayers() {
    return LayerMap.UNIFORM;
  }
}
