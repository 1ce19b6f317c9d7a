package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.linear.RunnableWeight;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptArguments;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model that reads text as a whole, to fill its gaps or to put it into a class. Token ids, types
 * and masks are int64 [batch, tokens]. One thread at a time. Holds native memory until it is
 * closed.
 */
public final class EncoderModel implements RunnableModel {
  private final TorchSession torch;
  private final Architecture architecture;
  private final RunningStack stack;
  private final ScriptModule script;
  private final ScriptArguments head;
  private final long headBytes;

  private EncoderModel(
      TorchSession torch,
      Checkpoint checkpoint,
      Architecture architecture,
      Execution execution,
      RunningStack stack) {
    this.torch = torch;
    this.architecture = architecture;
    this.stack = stack;
    this.script =
        torch.script(
            EncoderModel.class,
            "masks.py",
            architecture.spec().feedForward().activation().script(),
            "encoder_heads.py");
    List<NDArray> tensors = headTensors(checkpoint, execution);
    this.head = ScriptArguments.tensors(tensors);
    this.headBytes =
        tensors.stream().mapToLong(tensor -> tensor.getShape().size()).sum()
            * execution.dtype().bytes();
  }

  /**
   * Reads all weights and brings them into the form in which they run.
   *
   * @throws dev.assay.engine.config.BadInputException if tensors are missing or of a wrong shape
   * @throws IllegalArgumentException if the model is of another kind
   */
  public static EncoderModel load(
      TorchSession torch, Checkpoint checkpoint, Architecture architecture, Execution execution) {
    if (architecture.kind() != Architecture.Kind.MASKED
        && architecture.kind() != Architecture.Kind.CLASSIFIER) {
      throw new IllegalArgumentException(
          architecture.family() + " is no encoder: " + architecture.kind());
    }
    RunningStack stack = RunningStack.load(torch, checkpoint, architecture.main(), execution);
    try {
      return new EncoderModel(torch, checkpoint, architecture, execution, stack);
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  private List<NDArray> headTensors(Checkpoint checkpoint, Execution execution) {
    NDManager owner = stack.manager();
    List<NDArray> tensors = new ArrayList<>();
    try (NDManager scope = owner.newSubManager()) {
      for (Map.Entry<String, Shape> each :
          EncoderHead.shapes(architecture, checkpoint).entrySet()) {
        NDArray stored =
            OuterTensors.tensor(torch, scope, checkpoint, each.getKey(), each.getValue());
        tensors.add(
            torch.tensors().copy(owner, torch.tensors().cast(scope, stored, execution.dtype())));
      }
    }
    return tensors;
  }

  @Override
  public List<RunnableWeight> linears() {
    return stack.weights().linears();
  }

  @Override
  public DType productType() {
    return stack.weights().productType();
  }

  @Override
  public long weightBytes() {
    return stack.weights().bytes() + headBytes;
  }

  /** What the first layer takes in, [batch, tokens, hidden]. */
  public NDArray embed(NDManager owner, long[][] ids, long @Nullable [][] types) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray segments = types == null ? scope.create(new long[0]) : TokenIds.of(scope, types);
      return stack.embed(owner, TokenIds.of(scope, ids), segments);
    }
  }

  /**
   * What a layer makes of its input.
   *
   * @param mask 1 for tokens, 0 for padding; null where nothing is padded
   */
  public NDArray layer(NDManager owner, int index, NDArray input, long @Nullable [][] mask) {
    try (NDManager scope = owner.newSubManager()) {
      return stack.layer(owner, index, input, surroundings(scope, mask));
    }
  }

  /** The last layer's output, [batch, tokens, hidden]. */
  public NDArray encode(
      NDManager owner, long[][] ids, long @Nullable [][] types, long @Nullable [][] mask) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray x = embed(scope, ids, types);
      int layers = architecture.spec().layers();
      for (int layer = 0; layer < layers; layer++) {
        x = layer(layer == layers - 1 ? owner : scope, layer, x, mask);
      }
      return x;
    }
  }

  /** The first token's output, pooled, [batch, hidden]; of a classifier. */
  public NDArray pooled(NDManager owner, NDArray output) {
    return script.call(owner, "pool", output, head);
  }

  /**
   * The head's answer: float32 [batch, tokens, vocabulary] of a model that fills gaps, [batch,
   * classes] of a classifier.
   */
  public NDArray logits(
      NDManager owner, long[][] ids, long @Nullable [][] types, long @Nullable [][] mask) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray output = encode(scope, ids, types, mask);
      NDArray logits =
          architecture.kind() == Architecture.Kind.CLASSIFIER
              ? script.call(scope, "classify", output, head)
              : script.call(
                  scope,
                  "fill",
                  stack.head(
                      scope,
                      script.call(
                          scope, "transform", output, head, architecture.spec().norm().epsilon())),
                  head);
      return torch.tensors().cast(owner, logits, DType.FLOAT32);
    }
  }

  private LayerSurroundings surroundings(NDManager scope, long @Nullable [][] mask) {
    return mask == null
        ? LayerSurroundings.NONE
        : new LayerSurroundings(List.of(script.call(scope, "padding", TokenIds.of(scope, mask))));
  }

  @Override
  public void close() {
    head.close();
    stack.close();
  }
}
