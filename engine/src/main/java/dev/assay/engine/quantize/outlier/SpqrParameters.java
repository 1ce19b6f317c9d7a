package dev.assay.engine.quantize.outlier;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;

/**
 * SpQR: as GPTQ on small groups whose scales and zeros are quantized too, with the weights whose
 * rounding costs most kept as they are. Defaults are those that the authors run it with.
 *
 * @param bits 1 to 8
 * @param groupSize consecutive columns, in visiting order, that share scale and zero; -1 for the
 *     whole row
 * @param scaleBits bits of a group's scale, 1 to 8; 16 leaves scales as they are
 * @param zeroBits bits of a group's zero, 1 to 8; 16 leaves zeros as they are
 * @param numbersGroupSize rows whose scales of a group, and zeros, share a grid of their own
 * @param outlierThreshold share of the mean over columns of var(w) / U² above which the squared
 *     error of a weight makes it an outlier; 0 keeps none
 * @param simplifiedOutliers whether grids are fitted with outliers in them
 * @param roundZero whether zeros are whole numbers; they are then quantized only to fewer bits than
 *     weights
 * @param actOrder whether columns are visited by falling diagonal of the Hessian
 * @param trueSequential whether the linears of a layer are compressed in order of execution, with
 *     statistics gathered anew after each
 * @param dampPercent share of the mean diagonal that is added to the Hessian's diagonal
 * @param blockSize columns a lazy update waits for
 * @see <a href="https://arxiv.org/abs/2306.03078">Dettmers et al. 2023, SpQR</a>
 */
public record SpqrParameters(
    @Default("4") @Describe("bits a weight, 1 to 8") int bits,
    @Default("16") @Describe("input columns that share a scale; -1 for the whole row")
        int groupSize,
    @Default("3") @Describe("bits of a group's scale, 1 to 8; 16 for a floating-point number")
        int scaleBits,
    @Default("3") @Describe("bits of a group's zero, 1 to 8; 16 for a floating-point number")
        int zeroBits,
    @Default("16") @Describe("rows whose scales, and zeros, share a grid of their own")
        int numbersGroupSize,
    @Default("0.2")
        @Describe("squared error above which a weight is kept, relative to the mean; 0 keeps none")
        double outlierThreshold,
    @Default("false") @Describe("fit grids with outliers in them") boolean simplifiedOutliers,
    @Default("false") @Describe("zeros are whole numbers") boolean roundZero,
    @Default("true") @Describe("visit columns by falling diagonal of the Hessian") boolean actOrder,
    @Default("true") @Describe("gather statistics anew for each group of linears of a layer")
        boolean trueSequential,
    @Default("1") @Describe("damping as a share of the Hessian's mean diagonal") double dampPercent,
    @Default("128") @Describe("columns between two updates of the rest of the weight")
        int blockSize)
    implements Stage {
  /** Bits of numbers that are not quantized. */
  private static final int PLAIN = 16;

  public SpqrParameters {
    Require.between("bits", bits, 1, Byte.SIZE);
    Require.that(groupSize == -1 || groupSize >= 1, "groupSize", groupSize, "-1 or at least 1");
    Require.oneOf("scaleBits", scaleBits, 1, 2, 3, 4, 5, 6, 7, 8, PLAIN);
    Require.oneOf("zeroBits", zeroBits, 1, 2, 3, 4, 5, 6, 7, 8, PLAIN);
    Require.atLeast("numbersGroupSize", numbersGroupSize, 1);
    Require.that(
        outlierThreshold >= 0 && Double.isFinite(outlierThreshold),
        "outlierThreshold",
        outlierThreshold,
        "0 or above");
    Require.within("dampPercent", dampPercent, 0, 1);
    Require.atLeast("blockSize", blockSize, 1);
  }

  /** The greatest code of a scale; 0 where scales stay as they are. */
  long greatestScaleCode() {
    return scaleBits == PLAIN ? 0 : (1L << scaleBits) - 1;
  }

  /** The greatest code of a zero; 0 where zeros stay as they are. */
  long greatestZeroCode() {
    boolean quantized = zeroBits != PLAIN && (!roundZero || zeroBits < bits);
    return quantized ? (1L << zeroBits) - 1 : 0;
  }
}
