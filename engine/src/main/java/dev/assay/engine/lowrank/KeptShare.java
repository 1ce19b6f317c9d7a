package dev.assay.engine.lowrank;

import dev.assay.engine.config.Require;

/**
 * How many parameters of a linear stay, as a share. A product of rank r in the place of a matrix of
 * out rows and in columns has r · (out + in).
 *
 * @param keep above 0 and below 1
 */
record KeptShare(double keep) {
  KeptShare {
    require(keep);
  }

  /**
   * Makes sure that a number is such a share.
   *
   * @throws dev.assay.engine.config.InvalidValueException if not
   */
  static void require(double keep) {
    Require.that(keep > 0 && keep < 1, "keep", keep, "a number above 0 and below 1");
  }

  /**
   * The greatest rank that has no more parameters, at least 1, as SVD-LLM counts: in one expression
   * of doubles.
   *
   * @see <a href="https://github.com/AIoT-MLSys-Lab/SVD-LLM/blob/1c1009a/SVDLLM.py">whitening</a>
   */
  long rank(long out, long in) {
    return Math.max(1, (long) ((double) (out * in) * keep / (double) (out + in)));
  }

  /**
   * The same as ASVD counts: of a whole number of parameters, then up to a multiple.
   *
   * @param multiple that ranks are multiples of
   * @see <a
   *     href="https://github.com/hahnyuan/ASVD4LLM/blob/8630427/modules/svd_linear.py">SVDLinear</a>
   */
  long rankInMultiples(long out, long in, int multiple) {
    long parameters = (long) ((double) (out * in) * keep);
    long rank = Math.max(1, parameters / (out + in));
    return (rank + multiple - 1) / multiple * multiple;
  }
}
