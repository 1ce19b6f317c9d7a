package dev.assay.engine.lowrank;

import dev.assay.engine.calibration.ParameterShare;
import dev.assay.engine.config.Require;

/**
 * How much of a linear stays, as a share. A product of rank r in the place of a matrix of out rows
 * and in columns has r · (out + in) parameters.
 *
 * @param keep above 0 and below 1
 * @param of what it is a share of; of the whole model, {@link #ofLinears} says what that is of
 *     linears
 */
record KeptShare(double keep, KeepOf of) {
  KeptShare {
    Require.share("keep", keep);
  }

  /** Of the linears' parameters. */
  KeptShare(double keep) {
    this(keep, KeepOf.LINEARS);
  }

  /**
   * The share of the linears' parameters that makes this one of the model's.
   *
   * @throws dev.assay.engine.config.BadInputException if the rest of the model is more than is to
   *     stay of all
   */
  KeptShare ofLinears(ParameterShare share) {
    return new KeptShare(share.requireKeptOfLinears(keep), KeepOf.LINEARS);
  }

  /**
   * The greatest rank that has no more parameters, at least 1, as SVD-LLM counts: in one expression
   * of doubles.
   *
   * @see <a href="https://github.com/AIoT-MLSys-Lab/SVD-LLM/blob/1c1009a/SVDLLM.py">whitening</a>
   */
  long rank(long out, long in) {
    return of == KeepOf.SINGULAR_VALUES
        ? values(out, in)
        : Math.max(1, (long) ((double) (out * in) * keep / (double) (out + in)));
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
    long rank =
        of == KeepOf.SINGULAR_VALUES ? values(out, in) : Math.max(1, parameters / (out + in));
    return (rank + multiple - 1) / multiple * multiple;
  }

  private long values(long out, long in) {
    return Math.max(1, (long) (keep * Math.min(out, in)));
  }

  /** Parameters of a square linear that stay, as a share; roughly, for forecasts. */
  double parameters() {
    return of == KeepOf.SINGULAR_VALUES ? Math.min(1, 2 * keep) : keep;
  }
}
