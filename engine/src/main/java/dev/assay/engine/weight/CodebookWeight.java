package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.assay.engine.torch.TorchSession;

/**
 * A weight of 4-bit codes into a table of values, as NF4 and FP4 have it: value = table[code] ·
 * scale, the scale that of the block. Blocks are runs of the flattened weight and know no rows.
 *
 * @param codes uint8 with two codes a byte, that of the even element in the high bits
 * @param codebook float32 [16]
 * @param scales a scale for each block
 * @param blockSize elements of a block; the last block may be shorter
 * @param outFeatures rows
 * @param inFeatures columns
 * @param descriptionBytes bytes of what else is stored to say all this
 * @see <a href="https://arxiv.org/abs/2305.14314">Dettmers et al. 2023, QLoRA</a>
 */
public record CodebookWeight(
    NDArray codes,
    NDArray codebook,
    BlockScales scales,
    int blockSize,
    long outFeatures,
    long inFeatures,
    long descriptionBytes)
    implements StoredWeight {
  private static final int TABLE = 16;

  public CodebookWeight {
    long elements = Math.multiplyExact(outFeatures, inFeatures);
    if (codes.getDataType() != DataType.UINT8 || codes.getShape().size() != (elements + 1) / 2) {
      throw new IllegalArgumentException(
          "codes: found "
              + codes.getShape()
              + ", expected two in each of "
              + elements / 2
              + " bytes");
    }
    if (codebook.getDataType() != DataType.FLOAT32 || codebook.getShape().size() != TABLE) {
      throw new IllegalArgumentException(
          "codebook: found " + codebook.getShape() + ", expected 16");
    }
    if (blockSize < 1 || scales.blocks() != (elements + blockSize - 1) / blockSize) {
      throw new IllegalArgumentException(
          scales.blocks()
              + " scales found for "
              + elements
              + " elements in blocks of "
              + blockSize);
    }
  }

  @Override
  public String format() {
    return "codebook4 b" + blockSize;
  }

  @Override
  public NDArray dequantize(TorchSession torch, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      return torch
          .script(CodebookWeight.class, "codebook.py")
          .call(
              owner,
              "dequantize",
              codes,
              codebook,
              scales.values(torch, scope),
              (long) blockSize,
              outFeatures,
              inFeatures);
    }
  }

  @Override
  public long storedBytes() {
    return codes.getShape().size()
        + codebook.getShape().size() * Float.BYTES
        + scales.storedBytes()
        + descriptionBytes;
  }
}
