package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model that reads text as a whole, to fill its gaps or to put it into a class. Token ids, types
 * and masks are int64 [batch, tokens]. One thread at a time. Holds native memory until it is
 * closed.
 */
public final class EncoderModel extends RunnableModel {
  private final TorchSession torch;
  private final PositionTables positions;

  private EncoderModel(
      TorchSession torch, ModelSpec architecture, Execution execution, RunningTree tree) {
    super(tree);
    this.torch = torch;
    this.positions = new PositionTables(torch, architecture.spec(), execution.dtype());
  }

  /**
   * Reads all weights and brings them into the form in which they run.
   *
   * @throws dev.assay.engine.config.BadInputException if tensors are missing or of a wrong shape
   * @throws IllegalArgumentException if the model is of another kind
   */
  public static EncoderModel load(
      TorchSession torch, Checkpoint checkpoint, ModelSpec architecture, Execution execution) {
    return load(torch, new CheckpointWeights(torch, checkpoint, architecture), execution);
  }

  /** The same of a model that may be one that is being worked on. */
  public static EncoderModel load(TorchSession torch, ModelWeights weights, Execution execution) {
    ModelSpec architecture = weights.spec();
    if (architecture.kind() != ModelSpec.Kind.MASKED
        && architecture.kind() != ModelSpec.Kind.CLASSIFIER) {
      throw new IllegalArgumentException(
          architecture.family() + " is no encoder: " + architecture.kind());
    }
    RunningTree tree =
        RunningTree.load(
            torch,
            execution,
            owner -> {
              StackLoader.Loaded stack = new StackLoader(torch, weights, 0, execution).load(owner);
              EncoderHeadTree head =
                  EncoderHeadTree.read(torch, owner, weights, execution.dtype(), stack.head());
              return new RunningTree.Built(
                  Scripts.module("model.EncoderModel")
                      .with("model", stack.stack())
                      .with("head", head.module()),
                  List.of(stack),
                  head.bytes());
            });
    return new EncoderModel(torch, architecture, execution, tree);
  }

  /** What the first layer takes in, [batch, tokens, hidden]. */
  public NDArray embed(NDManager owner, long[][] ids, long @Nullable [][] types) {
    positions.requireWithin(ids[0].length);
    try (NDManager scope = owner.newSubManager()) {
      return tree().script().call(owner, "embed", TokenIds.of(scope, ids), given(scope, types));
    }
  }

  /**
   * What a layer makes of its input.
   *
   * @param mask 1 for tokens, 0 for padding; null where nothing is padded
   */
  public NDArray layer(NDManager owner, int index, NDArray input, long @Nullable [][] mask) {
    positions.extend(tree().script(), input.getShape().get(1));
    try (NDManager scope = owner.newSubManager()) {
      return tree().script().call(owner, "layer", index, input, given(scope, mask));
    }
  }

  /** The last layer's output, [batch, tokens, hidden]. */
  public NDArray encode(
      NDManager owner, long[][] ids, long @Nullable [][] types, long @Nullable [][] mask) {
    return run(owner, "encode", ids, types, mask);
  }

  /** The first token's output, pooled, [batch, hidden]; of a classifier. */
  public NDArray pooled(NDManager owner, NDArray output) {
    return tree().script().call(owner, "pooled", output);
  }

  /**
   * The head's answer: float32 [batch, tokens, vocabulary] of a model that fills gaps, [batch,
   * classes] of a classifier.
   */
  public NDArray logits(
      NDManager owner, long[][] ids, long @Nullable [][] types, long @Nullable [][] mask) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray logits = run(scope, "logits", ids, types, mask);
      return torch.tensors().cast(owner, logits, DType.FLOAT32);
    }
  }

  private NDArray run(
      NDManager owner,
      String method,
      long[][] ids,
      long @Nullable [][] types,
      long @Nullable [][] mask) {
    positions.extend(tree().script(), ids[0].length);
    try (NDManager scope = owner.newSubManager()) {
      NDArray tokens = TokenIds.of(scope, ids);
      return tree().script().call(owner, method, tokens, given(scope, types), given(scope, mask));
    }
  }

  private NDArray given(NDManager scope, long @Nullable [][] values) {
    return values == null ? tree().none() : TokenIds.of(scope, values);
  }
}
