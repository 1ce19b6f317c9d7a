package dev.assay.engine.quantize;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * Half-quadratic quantization, which needs no data.
 *
 * @param bits 1 to 8
 * @param groupSize weights that share scale and zero; -1 for a whole row
 * @param axis 1 for groups of consecutive inputs of a row; 0 for groups across rows
 * @param optimize whether the zeros are fitted
 * @param roundZero whether zeros are whole numbers before they are fitted; null for the published
 *     rule, with 4 bits
 * @param norm power of the errors, above 0 and at most 1
 * @param beta weight of the fit
 * @param iterations most steps of the fit
 * @see <a href="https://mobiusml.github.io/hqq_blog/">Badri and Shaji 2023, HQQ</a>
 * @see <a href="https://github.com/mobiusml/hqq">its code</a>
 */
public record HqqParameters(
    @Default("4") @Describe("bits a weight, 1 to 8") int bits,
    @Default("64") @Describe("weights that share scale and zero; -1 for the whole row")
        int groupSize,
    @Default("1") @Describe("1: groups of consecutive inputs of a row; 0: groups across rows")
        int axis,
    @Default("true") @Describe("fit the zeros to the errors") boolean optimize,
    @Describe("begin with zeros that are whole numbers; where nobody says, with 4 bits")
        @Nullable Boolean roundZero,
    @Default("0.7") @Describe("power of the errors, above 0 and at most 1") double norm,
    @Default("10") @Describe("weight of the fit") double beta,
    @Default("20") @Describe("most steps of the fit") int iterations)
    implements Stage {
  public HqqParameters {
    Require.between("bits", bits, 1, Byte.SIZE);
    Require.that(groupSize == -1 || groupSize >= 2, "groupSize", groupSize, "-1 or at least 2");
    Require.between("axis", axis, 0, 1);
    Require.that(!(groupSize == -1 && axis == 0), "groupSize", groupSize, "at least 2 with axis 0");
    Require.that(norm > 0 && norm <= 1, "norm", norm, "above 0 and at most 1");
    Require.that(beta > 0 && Double.isFinite(beta), "beta", beta, "above 0");
    Require.between("iterations", iterations, 1, 10_000);
  }

  /** Whether zeros are whole numbers before they are fitted. */
  boolean roundsZero() {
    return roundZero == null ? bits == 4 : roundZero;
  }
}
