package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ModuleNode;

/**
 * Rounded to floats of 8 bits under a scale of its own for each token.
 *
 * @param type of the floats
 * @param rule how the scale is found
 * @see <a href="https://arxiv.org/abs/2209.05433">Micikevicius et al. 2022, FP8 formats</a>
 */
public record FloatInput(DType type, FloatRule rule) implements InputScheme {
  static final String NAME = "float-per-token";

  public FloatInput {
    InputModules.requireFloat8(type);
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
    return "rounded to " + type.label() + " by token";
  }

  @Override
  public ObjectNode json() {
    return InputScheme.super.json().put("type", type.safetensorsName()).put("rule", rule.label());
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return InputModules.float8("FloatInput")
        .with("dtype", type.scriptCode())
        .with("limit", type.greatest())
        .with("least_magnitude", rule.leastMagnitude())
        .with("least_scale", rule.leastScale() / type.greatest())
        .with("reciprocal", rule.reciprocal())
        .with("powers", rule.powers());
  }
}
