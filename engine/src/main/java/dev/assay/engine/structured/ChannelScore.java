package dev.assay.engine.structured;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.GroupStatistics;
import dev.assay.engine.calibration.Statistic;
import dev.assay.engine.torch.ScriptModule;
import java.util.Set;

/**
 * What a column of the weight that reads heads or channels is worth.
 *
 * @see <a href="https://arxiv.org/abs/2312.11983">An et al. 2023, FLAP</a>
 */
public enum ChannelScore {
  /** Its norm. */
  MAGNITUDE,
  /** The mean magnitude of its weights by the norm of its inputs, as Wanda scores weights. */
  ACTIVATION,
  /** How much its inputs vary. */
  FLUCTUATION,
  /** How much what it adds to outputs varies. */
  WEIGHTED_FLUCTUATION;

  /** What is to be known of inputs. */
  Set<Statistic> statistics() {
    return switch (this) {
      case MAGNITUDE -> Set.of();
      case ACTIVATION -> Set.of(Statistic.SQUARED_NORMS);
      case FLUCTUATION, WEIGHTED_FLUCTUATION -> Set.of(Statistic.FLUCTUATIONS);
    };
  }

  /** Whether it is how inputs vary, which one sequence does not tell. */
  boolean varies() {
    return this == FLUCTUATION || this == WEIGHTED_FLUCTUATION;
  }

  /** The magnitudes of a weight's columns, float32 [in]. */
  static NDArray magnitudes(ScriptModule script, NDManager owner, NDArray weight) {
    return script.call(owner, "magnitude", weight);
  }

  /**
   * The scores of a weight's columns, float32 [in].
   *
   * @param weight float32 [out, in]
   * @param inputs what calibration tells of its inputs
   */
  NDArray of(ScriptModule script, NDManager owner, NDArray weight, GroupStatistics inputs) {
    return switch (this) {
      case MAGNITUDE -> magnitudes(script, owner, weight);
      case ACTIVATION -> script.call(owner, "activation", weight, inputs.squaredNorms());
      case FLUCTUATION -> script.call(owner, "fluctuation", inputs.fluctuations());
      case WEIGHTED_FLUCTUATION ->
          script.call(owner, "weighted_fluctuation", weight, inputs.fluctuations());
    };
  }
}
