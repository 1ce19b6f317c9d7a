package dev.assay.engine.calibration;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.torch.TorchSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

  /**
   * The configuration of the other checkpoint where nothing of the model is left in it, so that
   * those who compare with the original mean the model as it was; nothing where weights are kept.
   *
   * @param config of the model
   * @throws dev.assay.engine.config.BadInputException if there is no such model
   */
  default Optional<JsonNode> replaced(JsonNode config) {
    return Optional.empty();
  }

  /** Whether nothing of the model is left, see {@link #replaced}. */
  default boolean replaces() {
    return false;
  }

  @Override
  default boolean selects() {
    return false;
  }

  @Override
  default boolean leavesWeights() {
    return true;
  }
}
