package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * Rounding to the nearest of a table of 16 values, times the greatest magnitude of a block.
 *
 * @param blockSize weights of a block, in the order of the flattened matrix; the sizes of
 *     bitsandbytes
 * @param doubleQuantization whether the scales of blocks are quantized too, to 8 bits in blocks of
 *     256
 * @see <a href="https://arxiv.org/abs/2305.14314">Dettmers et al. 2023, QLoRA</a>
 */
public record CodebookParameters(
    @Default("64") @Describe("weights that share a scale: 64, 128, 256, 512, 1024, 2048 or 4096")
        int blockSize,
    @Default("false") @Describe("quantize the scales too, to 8 bits in blocks of 256")
        boolean doubleQuantization)
    implements Stage {
  /** Scales of a block of their own. */
  static final int NESTED_BLOCK = 256;

  public CodebookParameters {
    Require.oneOf("blockSize", blockSize, 64, 128, 256, 512, 1024, 2048, 4096);
  }

  /** Scales that share one of their own; 0 where they are stored as they are. */
  int nested() {
    return doubleQuantization ? NESTED_BLOCK : 0;
  }
}
