package dev.assay.engine.distill;

import java.util.List;

/**
 * 1 − linear centred kernel alignment of the tokens' states, of a batch at a time. Widths may
 * differ.
 *
 * @see <a href="https://arxiv.org/abs/1905.00414">Kornblith et al. 2019, CKA</a>
 */
public record KernelAlignment() implements StateForm {
  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    return TermModule.learned(new StateModules(pairs, tokens).plain("cka.Cka"));
  }

  @Override
  public LayerMap usualLayers() {
    return LayerMap.LAST;
  }
}
