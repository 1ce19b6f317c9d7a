package dev.assay.engine.prune;

import dev.assay.engine.calibration.CompressionMethod;
import dev.assay.engine.calibration.Giving;
import dev.assay.engine.calibration.ParameterShare;
import dev.assay.engine.calibration.ShareOfModel;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Require;
import java.util.Locale;
import java.util.function.Function;

/** What a ratio of weights that go is a share of. */
public enum SparsityOf {
  /** The weights of the linears that the stage works on. */
  LINEARS,
  /** All parameters of the model, though none but those linears give any. */
  MODEL;

  /**
   * Makes sure that it makes sense of a sparsity.
   *
   * @throws dev.assay.engine.config.InvalidValueException if a pattern says already what goes
   */
  void requireFits(Sparsity sparsity) {
    Require.that(
        this == LINEARS || sparsity instanceof Sparsity.Unstructured,
        "of",
        name().toLowerCase(Locale.ROOT),
        "linears, as the pattern " + sparsity + " says what goes from them");
  }

  /**
   * The method for a sparsity that is meant so.
   *
   * @param method the method for one of the linears
   */
  CompressionMethod method(Sparsity sparsity, Function<Sparsity, CompressionMethod> method) {
    return this == LINEARS
        ? method.apply(sparsity)
        : new ShareOfModel(
            method.apply(sparsity),
            Giving.ALL,
            share -> method.apply(ofLinears(sparsity.ratio(), share)));
  }

  /**
   * The share of linears that makes one of the model.
   *
   * @throws BadInputException if they have no more
   */
  static Sparsity ofLinears(double ratio, ParameterShare share) {
    double gone = share.goneOfLinears(ratio);
    if (gone >= 1) {
      throw new BadInputException(
          String.format(
              Locale.ROOT,
              "sparsity: found %s of the model's parameters, expected less than %.4f: the linears"
                  + " that the stage works on have no more",
              ratio,
              (double) share.linears() / share.model()));
    }
    return new Sparsity.Unstructured(gone);
  }
}
