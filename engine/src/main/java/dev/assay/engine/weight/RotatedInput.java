package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.hadamard.HadamardMatrix;
import dev.assay.engine.torch.ModuleNode;

/**
 * Multiplied by an orthonormal Hadamard matrix in blocks of features, with a weight that was
 * multiplied by the same; then treated further. A block is a run of features, or, with a stride,
 * features that lie so far apart: across heads, with the stride of a head's width.
 *
 * @param blockSize features of a block, a size of which there is a {@link HadamardMatrix}
 * @param stride distance of a block's features
 * @param then what is done to the rotated input
 * @see <a href="https://arxiv.org/abs/2404.00456">Ashkboos et al. 2024, QuaRot</a>
 */
public record RotatedInput(int blockSize, int stride, InputScheme then) implements InputScheme {
  private static final int MOST = 1 << 20;

  public RotatedInput {
    if (blockSize < 2 || blockSize > MOST) {
      throw new IllegalArgumentException(
          "blockSize: found " + blockSize + ", expected 2 to " + MOST);
    }
    try {
      HadamardMatrix.of(blockSize);
    } catch (IllegalArgumentException e) {
      throw SchemeKeys.within("blockSize", e);
    }
    if (stride < 1 || stride > MOST) {
      throw new IllegalArgumentException("stride: found " + stride + ", expected 1 to " + MOST);
    }
  }

  /** Blocks of consecutive features. */
  public RotatedInput(int blockSize, InputScheme then) {
    this(blockSize, 1, then);
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
  public InputScheme followedBy(InputScheme next) {
    return new RotatedInput(blockSize, stride, then.followedBy(next));
  }

  @Override
  public InputScheme exact() {
    return new RotatedInput(blockSize, stride, then.exact());
  }

  @Override
  public InputScheme afterExact() {
    return then.afterExact();
  }

  @Override
  public void requireFits(long width) {
    if (width % ((long) blockSize * stride) != 0) {
      throw new IllegalArgumentException(
          "blockSize: found "
              + blockSize
              + (stride == 1 ? "" : " in steps of " + stride)
              + ", expected a divisor of the input's width, "
              + width);
    }
    try {
      then.requireFits(width);
    } catch (IllegalArgumentException e) {
      throw SchemeKeys.within("then", e);
    }
  }

  @Override
  public String words() {
    return "rotated in blocks of "
        + blockSize
        + (stride == 1 ? "" : " in steps of " + stride)
        + ", "
        + then.words();
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = InputScheme.super.json().put("blockSize", blockSize);
    if (stride > 1) {
      json.put("stride", stride);
    }
    json.set("then", then.json());
    return json;
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return InputModules.module("RotatedInput")
        .with("block", blockSize)
        .with("stride", stride)
        .with("base", HadamardMatrix.of(blockSize).base(runtime.torch(), owner))
        .with("then", then.module(owner, runtime));
  }
}
