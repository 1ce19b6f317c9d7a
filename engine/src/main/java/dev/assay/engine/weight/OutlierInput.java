package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;

/**
 * Features in which a token of the call reaches a threshold as they come, the others rounded to
 * codes of 8 bits on a grid of 127 steps for each token: to either side of 0, as far as its
 * greatest magnitude below the threshold. Which features are left depends on the other tokens of
 * the call, as in the published code. With weights on such a grid of their own this is LLM.int8().
 *
 * @param threshold 0 to round all
 * @param half whether inputs are taken as float16, as the published code has them
 * @see <a href="https://arxiv.org/abs/2208.07339">Dettmers et al. 2022, LLM.int8()</a>
 */
public record OutlierInput(double threshold, boolean half) implements InputScheme {
  static final String NAME = "outliers-apart";

  public OutlierInput {
    if (!(threshold >= 0) || Float.isInfinite((float) threshold)) {
      throw new IllegalArgumentException(
          "threshold: found " + threshold + ", expected 0 or a positive number");
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean rounds() {
    return true;
  }

  @Override
  public String words() {
    return threshold == 0
        ? "rounded to 8 bits by token"
        : "features from " + threshold + " apart, others rounded to 8 bits by token";
  }

  @Override
  public ObjectNode json() {
    return InputScheme.super.json().put("threshold", threshold).put("half", half);
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return InputModules.integer("OutlierInput").with("threshold", threshold).with("half", half);
  }
}
