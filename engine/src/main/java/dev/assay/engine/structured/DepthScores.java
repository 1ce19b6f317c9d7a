package dev.assay.engine.structured;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.StateSurvey;
import dev.assay.engine.structured.DropLayersParameters.Tokens;
import dev.assay.engine.torch.ScriptModule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** How far layers turn the hidden states of calibration samples. */
final class DepthScores {
  private final StateSurvey survey;
  private final ScriptModule script;

  DepthScores(StateSurvey survey) {
    this.survey = survey;
    this.script = survey.torch().script(DepthScores.class, "depth.py");
  }

  /**
   * Of each layer 1 − cos of what goes in and what comes out, averaged over all tokens.
   *
   * @see <a href="https://arxiv.org/abs/2403.03853">Men et al. 2024, ShortGPT, block influence</a>
   */
  List<Double> influences(int depth) {
    double[] sums = new double[depth];
    long[] tokens = new long[depth];
    compare(
        1,
        Tokens.ALL,
        (layer, before, after) -> {
          sums[layer] += script.callForDouble("turned", before, after);
          tokens[layer] += after.getShape().get(1);
        });
    List<Double> influences = new ArrayList<>();
    for (int layer = 0; layer < depth; layer++) {
      influences.add(sums[layer] / tokens[layer]);
    }
    return influences;
  }

  /**
   * Of each run of layers arccos(cos) / π of what goes into it and what comes out of it, averaged
   * over the samples; by the first layer of the run.
   *
   * @param length layers of a run
   */
  List<Double> angles(int depth, int length, Tokens tokens) {
    double[] sums = new double[depth - length + 1];
    compare(
        length,
        tokens,
        (layer, before, after) -> sums[layer] += script.callForDouble("angle", before, after));
    return Arrays.stream(sums).map(sum -> sum / survey.sequences()).boxed().toList();
  }

  /** Sees a state and that of the same sample some layers before. */
  private interface Pair {
    void see(int layer, NDArray before, NDArray after);
  }

  private void compare(int apart, Tokens tokens, Pair pair) {
    List<Deque<NDArray>> kept = new ArrayList<>();
    try (NDManager own = survey.torch().manager().newSubManager()) {
      survey.look(
          (boundary, sequence, state) -> {
            if (kept.size() <= sequence) {
              kept.add(new ArrayDeque<>());
            }
            Deque<NDArray> before = kept.get(sequence);
            NDArray here =
                tokens == Tokens.LAST
                    ? script.call(own, "last_token", state)
                    : survey.torch().tensors().copy(own, state);
            if (before.size() == apart) {
              NDArray first = before.removeFirst();
              pair.see(boundary - apart, first, here);
              first.close();
            }
            before.addLast(here);
          });
    }
  }
}
