package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;

/**
 * Rounded to codes on a uniform grid of its own for each token, from the token's least to its
 * greatest value; if symmetric, of the greatest magnitude on both sides of 0.
 *
 * @param bits bits a code
 * @param symmetric whether 0 is the middle of the grid
 * @param rule how many steps the range has, and how values are rounded
 * @see <a href="https://arxiv.org/abs/2206.01861">Yao et al. 2022, ZeroQuant</a>
 */
public record PerTokenInput(int bits, boolean symmetric, IntegerRule rule) implements InputScheme {
  /** What readers of BitNet's checkpoints do to every input. */
  public static final PerTokenInput BITNET = new PerTokenInput(Byte.SIZE, true, IntegerRule.BITNET);

  static final String NAME = "per-token";

  public PerTokenInput {
    InputModules.requireBits(bits);
    if (!symmetric && !rule.hasZeros()) {
      throw new IllegalArgumentException(
          "symmetric: found false, expected true under the rule " + rule.label());
    }
  }

  /** Under SmoothQuant's rule. */
  public PerTokenInput(int bits, boolean symmetric) {
    this(bits, symmetric, IntegerRule.SMOOTHQUANT);
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
    return "rounded to " + bits + " bits by token";
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = InputScheme.super.json().put("bits", bits).put("symmetric", symmetric);
    return rule == IntegerRule.SMOOTHQUANT ? json : json.put("rule", rule.label());
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    double half = 1 << (bits - 1);
    return switch (rule) {
      case SMOOTHQUANT ->
          symmetric
              ? InputModules.module("SymmetricInput").with("top", half - 1)
              : InputModules.module("AsymmetricInput").with("top", 2 * half - 1);
      case COMPRESSED_TENSORS ->
          InputModules.integer("CompressedTensorsInput")
              .with("half", half)
              .with("symmetric", symmetric);
      case TORCHAO, TORCHAO_FINE ->
          InputModules.integer("TorchaoInput")
              .with("half", half)
              .with("symmetric", symmetric)
              .with("least", rule.least());
      case QSERVE -> InputModules.integer("QserveInput").with("top", half - 1);
      case BITNET -> InputModules.integer("BitnetInput").with("half", half);
      case ZEROQUANT ->
          InputModules.integer("ZeroquantInput").with("half", half).with("symmetric", symmetric);
    };
  }
}
