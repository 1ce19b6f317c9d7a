package dev.assay.engine.checkpoint.packed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.ElementFormat;
import dev.assay.engine.weight.MicroscaledWeight;
import java.util.ArrayList;
import java.util.List;

/**
 * The experts of a linear in GPT-OSS's layout of MXFP4: {@code _blocks} uint8 [experts, out, in /
 * 32, 16], two codes a byte, the first in the low bits; {@code _scales} uint8 [experts, out, in /
 * 32]. The model multiplies by their transposes, [in, out].
 *
 * @see <a href="https://github.com/openai/gpt-oss">gpt-oss</a>
 */
public final class GptOssExperts {
  private static final int BYTES = MicroscaledWeight.BLOCK / 2;

  private GptOssExperts() {}

  /**
   * The weight [out, in] of each expert.
   *
   * @throws IllegalArgumentException if the tensors do not fit each other
   */
  public static List<MicroscaledWeight> read(
      TorchSession torch, NDManager owner, NDArray blocks, NDArray scales) {
    Shape shape = blocks.getShape();
    if (shape.dimension() != 4 || shape.get(3) != BYTES) {
      throw new IllegalArgumentException(
          "blocks: found " + shape + ", expected [experts, out, in / 32, 16]");
    }
    Shape expected = new Shape(shape.get(0), shape.get(1), shape.get(2));
    if (!scales.getShape().equals(expected)) {
      throw new IllegalArgumentException(
          "scales: found " + scales.getShape() + ", expected " + expected);
    }
    long out = shape.get(1);
    long groups = shape.get(2);
    List<MicroscaledWeight> experts = new ArrayList<>();
    try (NDManager scope = owner.newSubManager()) {
      NDArray rows = blocks.reshape(shape.get(0) * out, groups * BYTES);
      NDArray byRow = scales.reshape(shape.get(0) * out, groups);
      rows.attach(scope);
      byRow.attach(scope);
      for (long expert = 0; expert < shape.get(0); expert++) {
        NDArray stream = torch.tensors().rows(scope, rows, expert * out, (expert + 1) * out);
        NDArray own = torch.tensors().rows(scope, byRow, expert * out, (expert + 1) * out);
        experts.add(
            MicroscaledWeight.ofStream(
                torch,
                owner,
                stream,
                torch.tensors().copy(owner, own),
                ElementFormat.E2M1,
                groups * MicroscaledWeight.BLOCK));
      }
    }
    return experts;
  }
}
