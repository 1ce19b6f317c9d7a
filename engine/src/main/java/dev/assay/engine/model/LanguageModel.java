package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.linear.RunnableWeight;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import java.util.Arrays;
import java.util.List;

/**
 * A causal language model that runs from a checkpoint. Token ids are int64 [batch, tokens]. One
 * thread at a time. Holds native memory until it is closed.
 */
public final class LanguageModel implements RunnableModel {
  /** Rows of logits that stand in memory at once when losses are computed. */
  private static final long LOSS_ROWS = 256;

  private final TorchSession torch;
  private final Architecture architecture;
  private final Execution execution;
  private final RunningStack stack;

  private LanguageModel(
      TorchSession torch, Architecture architecture, Execution execution, RunningStack stack) {
    this.torch = torch;
    this.architecture = architecture;
    this.execution = execution;
    this.stack = stack;
  }

  /**
   * Reads all weights and brings them into the form in which they run.
   *
   * @throws dev.assay.engine.config.BadInputException if tensors are missing or of a wrong shape
   * @throws IllegalArgumentException if the model is of another kind
   */
  public static LanguageModel load(
      TorchSession torch, Checkpoint checkpoint, Architecture architecture, Execution execution) {
    if (architecture.kind() != Architecture.Kind.CAUSAL) {
      throw new IllegalArgumentException(
          architecture.family() + " does not continue text: " + architecture.kind());
    }
    return new LanguageModel(
        torch,
        architecture,
        execution,
        RunningStack.load(torch, checkpoint, architecture.main(), execution));
  }

  public Architecture architecture() {
    return architecture;
  }

  public Execution execution() {
    return execution;
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
    return stack.weights().bytes();
  }

  /** An empty cache for a number of sequences of at most {@code capacity} tokens. */
  public KvCache newCache(int batch, int capacity) {
    stack.positions().prepare(capacity);
    return new KvCache(
        torch, stack.manager(), architecture.spec(), execution.dtype(), batch, capacity);
  }

  /** Logits of every token of sequences without a past, float32 [batch, tokens, vocabulary]. */
  public NDArray logits(NDManager owner, long[][] ids) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray logits = stack.logits(scope, TokenIds.of(scope, ids));
      return torch.tensors().cast(owner, logits, DType.FLOAT32);
    }
  }

  /**
   * Logits of tokens that follow those in the cache, which takes them up.
   *
   * @return float32 [batch, tokens, vocabulary]
   */
  public NDArray logits(NDManager owner, long[][] ids, KvCache cache) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray logits = pass(scope, "logits", TokenIds.of(scope, ids), cache);
      return torch.tensors().cast(owner, logits, DType.FLOAT32);
    }
  }

  /**
   * Greedy choice of the next token after tokens that follow those in the cache.
   *
   * @param ids int64 [batch, tokens]
   * @return int64 [batch, 1]
   */
  public NDArray nextToken(NDManager owner, NDArray ids, KvCache cache) {
    return pass(owner, "next_token", ids, cache);
  }

  private NDArray pass(NDManager owner, String method, NDArray ids, KvCache cache) {
    int position = cache.reserve((int) ids.getShape().get(1));
    return stack.pass(
        owner, method, ids, position, cache.keys(), cache.values(), LayerSurroundings.NONE);
  }

  /** −log p of tokens 1 … t−1 of each sequence, natural logarithm, [batch][t − 1]. */
  public float[][] tokenLosses(long[][] ids) {
    try (NDManager scope = stack.manager().newSubManager()) {
      float[] flat = stack.losses(scope, TokenIds.of(scope, ids), LOSS_ROWS).toFloatArray();
      int width = flat.length / ids.length;
      float[][] losses = new float[ids.length][];
      for (int row = 0; row < ids.length; row++) {
        losses[row] = Arrays.copyOfRange(flat, row * width, (row + 1) * width);
      }
      return losses;
    }
  }

  /** What the first layer takes in, [batch, tokens, hidden]. */
  public NDArray embed(NDManager owner, long[][] ids) {
    try (NDManager scope = owner.newSubManager()) {
      return stack.embed(owner, TokenIds.of(scope, ids), scope.create(new long[0]));
    }
  }

  /** What a layer makes of its input, without a past; shapes [batch, tokens, hidden]. */
  public NDArray layer(NDManager owner, int index, NDArray input) {
    return stack.layer(owner, index, input, LayerSurroundings.NONE);
  }

  /** The last layer's output after the final norm, which the head multiplies. */
  public NDArray finalNorm(NDManager owner, NDArray output) {
    return stack.finalNorm(owner, output);
  }

  @Override
  public void close() {
    stack.close();
  }
}
