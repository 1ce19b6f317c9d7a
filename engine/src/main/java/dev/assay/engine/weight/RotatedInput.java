package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;

/**
 * Multiplied by an orthonormal Hadamard matrix in blocks of features, with a weight that was
 * multiplied by the same; then treated further.
 *
 * @param blockSize features of a block, a power of two that divides the width
 * @param then what is done to the rotated input
 * @see <a href="https://arxiv.org/abs/2404.00456">Ashkboos et al. 2024, QuaRot</a>
 */
public record RotatedInput(int blockSize, InputScheme then) implements InputScheme {
  private static final int MOST = 1 << 14;

  public RotatedInput {
    if (blockSize < 2 || blockSize > MOST || Integer.bitCount(blockSize) != 1) {
      throw new IllegalArgumentException(
          "blockSize: found " + blockSize + ", expected a power of two from 2 to " + MOST);
    }
  }

  @Override
  public String name() {
    return "rotated";
  }

  @Override
  public boolean rounds() {
    return then.rounds();
  }

  @Override
  public boolean turns() {
    return true;
  }

  @Override
  public void requireFits(long width) {
    if (width % blockSize != 0) {
      throw new IllegalArgumentException(
          "blockSize: found " + blockSize + ", expected a divisor of the input's width, " + width);
    }
    try {
      then.requireFits(width);
    } catch (IllegalArgumentException e) {
      throw SchemeKeys.within("then", e);
    }
  }

  @Override
  public String words() {
    return "rotated in blocks of " + blockSize + ", " + then.words();
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = InputScheme.super.json().put("blockSize", blockSize);
    json.set("then", then.json());
    return json;
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return InputModules.module("RotatedInput")
        .with("block", blockSize)
        .with("then", then.module(owner, runtime));
  }
}
