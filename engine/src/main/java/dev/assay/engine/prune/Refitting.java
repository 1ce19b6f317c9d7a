package dev.assay.engine.prune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.LayerContext;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.calibration.Substitution;
import dev.assay.engine.model.LinearGroup;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a pruning stage does about the weights that stay.
 *
 * @param how fits them to the outputs of the whole weight; null where they keep their values
 */
record Refitting(@Nullable Refit how) {
  /** What is to be known of inputs. */
  Set<Statistic> statistics() {
    return how == null ? Set.of() : Set.of(Statistic.HESSIAN);
  }

  /**
   * What is left of a weight.
   *
   * @param group that reads the inputs
   * @param linears of the stored weight
   * @param weight float32 [out of all, in], whole
   */
  NDArray of(
      LayerContext layer,
      NDManager scope,
      LinearGroup group,
      List<String> linears,
      NDArray weight,
      PrunedWeight pruned) {
    if (how == null) {
      return pruned.weight();
    }
    GroupStatistics inputs = layer.statistics(group);
    Optional<String> tooFew = inputs.tooFew();
    if (tooFew.isPresent()) {
      layer.substitute(linears, leftAlone(tooFew.get()));
      return pruned.weight();
    }
    return MaskRecovery.recover(
        layer.torch(), scope, weight, pruned, inputs.hessian(), MaskRecovery.RIDGE);
  }

  /** What is done where inputs tell too little. */
  static Substitution leftAlone(String why) {
    return new Substitution("fitted by least squares", "left with their values", why);
  }
}
