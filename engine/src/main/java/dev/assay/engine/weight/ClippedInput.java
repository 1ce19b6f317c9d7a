package dev.assay.engine.weight;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.torch.ModuleNode;

/**
 * Rounded to codes on a grid of its own for each token, whose range is a share of the token's: what
 * lies beyond is held within. A symmetric grid has 2^(bits − 1) − 1 steps to the greatest
 * magnitude, and one more below. In groups of features the range need not contain 0.
 *
 * @param bits bits a code
 * @param symmetric whether 0 is the middle of the grid
 * @param clip the share, above 0 and at most 1
 * @param groupSize consecutive features with a grid of their own; -1 for all
 * @see <a href="https://github.com/spcl/QuaRot/blob/5008669/fake_quant/quant_utils.py">
 *     ActQuantizer</a>
 */
public record ClippedInput(int bits, boolean symmetric, double clip, int groupSize)
    implements InputScheme {
  static final String NAME = "clipped";

  public ClippedInput {
    InputModules.requireBits(bits);
    if (!(clip > 0 && clip <= 1)) {
      throw new IllegalArgumentException("clip: found " + clip + ", expected above 0 and up to 1");
    }
    if (groupSize != -1 && groupSize < 1) {
      throw new IllegalArgumentException(
          "groupSize: found " + groupSize + ", expected at least 1, or -1 for all features");
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
  public void requireFits(long width) {
    if (groupSize > 0 && width % groupSize != 0) {
      throw new IllegalArgumentException(
          "groupSize: found " + groupSize + ", expected a divisor of the input's width, " + width);
    }
  }

  @Override
  public String words() {
    return "rounded to "
        + bits
        + " bits by token"
        + (groupSize > 0 ? " in groups of " + groupSize : "")
        + (clip < 1 ? ", ranges times " + clip : "");
  }

  @Override
  public ObjectNode json() {
    return InputScheme.super
        .json()
        .put("bits", bits)
        .put("symmetric", symmetric)
        .put("clip", clip)
        .put("groupSize", groupSize);
  }

  @Override
  public ModuleNode module(NDManager owner, KernelRuntime runtime) {
    return InputModules.module("ClippedInput")
        .with("bits", bits)
        .with("symmetric", symmetric)
        .with("clip", clip)
        .with("group", groupSize);
  }
}
