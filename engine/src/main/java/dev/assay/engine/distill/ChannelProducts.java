package dev.assay.engine.distill;

import dev.assay.engine.config.BadInputException;
import java.util.List;

/**
 * Flow of solution procedure: products Hᵀ H' of the channels of two states that follow each other,
 * per token of a sequence; mean square of what they differ by.
 *
 * @see <a
 *     href="https://openaccess.thecvf.com/content_cvpr_2017/html/Yim_A_Gift_From_CVPR_2017_paper.html">Yim
 *     et al. 2017, FSP</a>
 */
public record ChannelProducts() implements StateForm {
  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    return TermModule.learned(new StateModules(pairs, tokens).grams("gram.ChannelGram", true));
  }

  @Override
  public LayerMap usualLayers() {
    return LayerMap.UNIFORM;
  }

  @Override
  public void requireFit(ModelSizes student, ModelSizes teacher, List<StateMatch> pairs) {
    Fit.same(key(), "width", student.hidden(), teacher.hidden());
    if (pairs.size() < 2) {
      throw new BadInputException(key() + ": found one state of each model, expected at least 2");
    }
  }
}
