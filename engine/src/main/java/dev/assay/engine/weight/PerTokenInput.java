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
 * @see <a href="https://arxiv.org/abs/2206.01861">Yao et al. 2022, ZeroQuant</a>
 */
public record PerTokenInput(int bits, boolean symmetric) implements InputScheme {
  public PerTokenInput {
    InputModules.requireBits(bits);
  }

  @Override
  public String name() {
    return "per-token";
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
    return InputScheme.super.json().put("bits", bits).put("symmetric", symmetric);
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return symmetric
        ? InputModules.module("SymmetricInput").with("top", (1 << (bits - 1)) - 1.0)
        : InputModules.module("AsymmetricInput").with("top", (1 << bits) - 1.0);
  }
}
