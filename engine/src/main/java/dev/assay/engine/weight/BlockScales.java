package dev.assay.engine.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.torch.TorchSession;

/** The scales of a weight's blocks: as they are, or quantized in their turn. */
public sealed interface BlockScales {
  /** Number of blocks. */
  long blocks();

  /** The scales, float32 [blocks]. */
  NDArray values(TorchSession torch, NDManager owner);

  /** Bytes of everything stored for them. */
  long storedBytes();

  /**
   * Scales as they are.
   *
   * @param absmax float32 [blocks], the greatest absolute value of each block
   */
  record Plain(NDArray absmax) implements BlockScales {
    @Override
    public long blocks() {
      return absmax.getShape().size();
    }

    @Override
    public NDArray values(TorchSession torch, NDManager owner) {
      return torch.tensors().copy(owner, absmax);
    }

    @Override
    public long storedBytes() {
      return absmax.getShape().size() * Float.BYTES;
    }
  }

  /**
   * Scales quantized to 8 bits in blocks of their own, which QLoRA calls double quantization: scale
   * = table[code] · absmax + offset.
   *
   * @param codes uint8 [blocks]
   * @param codebook float32 [256]
   * @param absmax float32, one for each block of codes
   * @param blockSize codes of a block; the last block may be shorter
   * @param offset the mean of the scales
   */
  record Nested(NDArray codes, NDArray codebook, NDArray absmax, int blockSize, double offset)
      implements BlockScales {
    private static final int TABLE = 256;

    public Nested {
      if (codebook.getShape().size() != TABLE) {
        throw new IllegalArgumentException(
            "codebook: found " + codebook.getShape() + ", expected " + TABLE);
      }
      long blocks = codes.getShape().size();
      if (blockSize < 1 || absmax.getShape().size() != (blocks + blockSize - 1) / blockSize) {
        throw new IllegalArgumentException(
            absmax.getShape() + " scales found for " + blocks + " codes in blocks of " + blockSize);
      }
    }

    @Override
    public long blocks() {
      return codes.getShape().size();
    }

    @Override
    public NDArray values(TorchSession torch, NDManager owner) {
      return torch
          .script(CodebookWeight.class, "codebook.py")
          .call(owner, "nested_scales", codes, codebook, absmax, (long) blockSize, offset);
    }

    @Override
    public long storedBytes() {
      return codes.getShape().size()
          + (codebook.getShape().size() + absmax.getShape().size()) * Float.BYTES;
    }
  }
}
