package dev.assay.engine.calibration;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.List;

/**
 * A method that makes another checkpoint of the model's before anything else is done to it: what
 * the stages behind it work on, compare with and are calibrated for is that one. It comes first.
 */
public non-sealed interface SourceMethod extends CompressionMethod {
  /**
   * Makes the other checkpoint.
   *
   * @param source the model
   * @param spec what it is
   * @param samples token ids of calibration sequences in its own tokens; empty unless {@link
   *     #needsCalibration}
   * @param directory where files may be put that the other needs for as long as it is read; does
   *     not exist
   * @throws dev.assay.engine.config.BadInputException if the model is not such as it can work on
   */
  Checkpoint rewrite(
      TorchSession torch, Checkpoint source, ModelSpec spec, List<long[]> samples, Path directory);

  @Override
  default boolean selects() {
    return false;
  }

  @Override
  default boolean leavesWeights() {
    return true;
  }
}
