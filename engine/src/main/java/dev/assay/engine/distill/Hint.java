package dev.assay.engine.distill;

import java.util.List;

/**
 * Mean square of W h − h' of a state of the student and one of the teacher; W is learned.
 *
 * @see <a href="https://arxiv.org/abs/1412.6550">Romero et al. 2015, FitNets</a>
 */
public record Hint() implements StateForm {
  @Override
  public TermModule module(TermBuild build, List<StateMatch> pairs, Tokens tokens) {
    int in = build.student().hidden();
    int out = build.teacher().hidden();
    return new StateModules(pairs, tokens)
        .states(
            build, pairs.stream().map(each -> build.linear(in, out)).toList(), "MeanSquare", false);
  }

  @Override
  public LayerMap usualLayers() {
    return LayerMap.MIDDLE;
  }
}
