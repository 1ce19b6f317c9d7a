package dev.assay.engine.fold;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.hadamard.HadamardMatrix;
import dev.assay.engine.recipe.Stage;
import java.util.stream.IntStream;

/**
 * Rotation of a model by orthogonal matrices, most of which its weights take up.
 *
 * @param stream by what the residual stream is rotated
 * @param heads how what attention makes of values is rotated
 * @param down how the input of each last linear of a feed-forward is rotated when the model runs
 * @param seed of signs, or of a random matrix
 * @see <a href="https://arxiv.org/abs/2404.00456">Ashkboos et al. 2024, QuaRot</a>
 */
public record RotateParameters(
    @Default("random-hadamard") @Describe("by what the residual stream is rotated") Stream stream,
    @Default("across") @Describe("how what attention makes of values is rotated") Heads heads,
    @Default("full") @Describe("how the input of down projections is rotated when the model runs")
        Down down,
    @Default("0") @Describe("seed of the signs, or of the random matrix") int seed)
    implements Stage {
  /** Rotations of the residual stream. */
  public enum Stream {
    /** A Hadamard matrix whose rows have random signs. */
    RANDOM_HADAMARD,
    /** A Hadamard matrix. */
    HADAMARD,
    /** A random orthogonal matrix, of any size. */
    ORTHOGONAL,
    /** None: norms, embedding and head stay as they are. */
    NONE
  }

  /** Rotations of what attention makes of values. */
  public enum Heads {
    /** Within each head, and across heads when the model runs. */
    ACROSS,
    /** Within each head, which the weights take up. */
    WITHIN,
    /** None. */
    NONE
  }

  /** Rotations of the input of the last linear of a feed-forward. */
  public enum Down {
    /** By one Hadamard matrix; a width of which there is none is refused. */
    FULL,
    /** The same, and where there is none in blocks of the greatest size that divides the width. */
    BLOCKS,
    /** None. */
    NONE
  }

  /** Features of the blocks in which an input of a width is rotated; 1 for none. */
  int downBlock(int width) {
    return switch (down) {
      case FULL -> width;
      case BLOCKS ->
          IntStream.iterate(width, block -> block > 1, block -> block - 1)
              .filter(block -> width % block == 0 && HadamardMatrix.exists(block))
              .findFirst()
              .orElse(1);
      case NONE -> 1;
    };
  }
}
