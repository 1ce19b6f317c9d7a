package dev.assay.engine.run;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.Architecture;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.RunnableLinear;
import java.util.List;

/** A model with its weights in the form in which they run. Holds native memory until closed. */
public sealed interface RunnableModel extends AutoCloseable
    permits LanguageModel, EncoderDecoderModel, EncoderModel {
  /**
   * Reads all weights and brings them into the form in which they run.
   *
   * @throws dev.assay.engine.config.BadInputException if tensors are missing or of a wrong shape
   */
  static RunnableModel load(
      TorchSession torch, Checkpoint checkpoint, Architecture architecture, Execution execution) {
    return switch (architecture.kind()) {
      case CAUSAL -> LanguageModel.load(torch, checkpoint, architecture, execution);
      case ENCODER_DECODER -> EncoderDecoderModel.load(torch, checkpoint, architecture, execution);
      case MASKED, CLASSIFIER -> EncoderModel.load(torch, checkpoint, architecture, execution);
    };
  }

  /** All linears, the head first where there is one, then in the order of the forward pass. */
  List<RunnableLinear> linears();

  /** Type in which matrix products of many rows are computed; not always the execution's. */
  DType productType();

  /** Native memory of all weights in the form in which they run, bytes. */
  long weightBytes();

  /** Whether some weight is stored compressed but runs dequantised. */
  default boolean simulated() {
    return linears().stream().anyMatch(RunnableLinear::simulated);
  }

  @Override
  void close();
}
