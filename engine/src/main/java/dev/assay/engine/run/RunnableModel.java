package dev.assay.engine.run;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.RunnableLinear;
import java.util.List;

/** A model with its weights in the form in which they run. Holds native memory until closed. */
public abstract sealed class RunnableModel implements AutoCloseable
    permits LanguageModel, EncoderDecoderModel, EncoderModel {
  private final RunningTree tree;

  RunnableModel(RunningTree tree) {
    this.tree = tree;
  }

  /**
   * Reads all weights and brings them into the form in which they run.
   *
   * @throws dev.assay.engine.config.BadInputException if tensors are missing or of a wrong shape
   */
  public static RunnableModel load(
      TorchSession torch, Checkpoint checkpoint, ModelSpec architecture, Execution execution) {
    return load(torch, new CheckpointWeights(torch, checkpoint, architecture), execution);
  }

  /** The same of a model that may be one that is being worked on. */
  public static RunnableModel load(TorchSession torch, ModelWeights weights, Execution execution) {
    return switch (weights.spec().kind()) {
      case CAUSAL -> LanguageModel.load(torch, weights, execution);
      case ENCODER_DECODER -> EncoderDecoderModel.load(torch, weights, execution);
      case MASKED, CLASSIFIER -> EncoderModel.load(torch, weights, execution);
    };
  }

  RunningTree tree() {
    return tree;
  }

  /** All linears, the head first where there is one, then in the order of the forward pass. */
  public List<RunnableLinear> linears() {
    return tree.linears();
  }

  /** Type in which matrix products of many rows are computed; not always the execution's. */
  public DType productType() {
    return tree.productType();
  }

  /**
   * Native memory of all weights in the form in which they run, bytes. An embedding that an encoder
   * and its decoder share counts twice, as it is there twice.
   */
  public long weightBytes() {
    return tree.bytes();
  }

  /** Memory of the token vectors; of an encoder and decoder those of the decoder. */
  public TableMemory table() {
    return tree.table();
  }

  /** Whether some weight is stored compressed but runs dequantised. */
  public boolean simulated() {
    return linears().stream().anyMatch(RunnableLinear::simulated);
  }

  /** How many layers one op of our own runs as a whole for one token of few sequences. */
  public int layersInOne() {
    return tree.layersInOne();
  }

  /** Whether ops of our own do some of what stands between products. */
  public boolean fused() {
    return tree.fused();
  }

  @Override
  public void close() {
    tree.close();
  }
}
