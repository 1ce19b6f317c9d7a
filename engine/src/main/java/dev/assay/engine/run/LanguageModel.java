package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.EarlyExits;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import dev.assay.engine.weight.LinearPreparer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A causal language model that runs from a checkpoint. Token ids are int64 [batch, tokens]. One
 * thread at a time. Holds native memory until it is closed.
 */
public final class LanguageModel extends RunnableModel {
  /** Rows of logits that stand in memory at once when losses are computed. */
  private static final long LOSS_ROWS = 256;

  private final TorchSession torch;
  private final ModelSpec architecture;
  private final Execution execution;
  private final PositionTables positions;

  private LanguageModel(
      TorchSession torch, ModelSpec architecture, Execution execution, RunningTree tree) {
    super(tree);
    this.torch = torch;
    this.architecture = architecture;
    this.execution = execution;
    this.positions = new PositionTables(torch, architecture.spec(), execution.dtype());
  }

  /**
   * Reads all weights and brings them into the form in which they run.
   *
   * @throws dev.assay.engine.config.BadInputException if tensors are missing or of a wrong shape
   * @throws IllegalArgumentException if the model is of another kind
   */
  public static LanguageModel load(
      TorchSession torch, Checkpoint checkpoint, ModelSpec architecture, Execution execution) {
    return load(torch, new CheckpointWeights(torch, checkpoint, architecture), execution);
  }

  /** The same of a model that may be one that is being worked on. */
  public static LanguageModel load(TorchSession torch, ModelWeights weights, Execution execution) {
    ModelSpec architecture = weights.spec();
    if (architecture.kind() != ModelSpec.Kind.CAUSAL) {
      throw new IllegalArgumentException(
          architecture.family() + " does not continue text: " + architecture.kind());
    }
    RunningTree tree =
        RunningTree.load(
            torch,
            execution,
            owner -> {
              LinearPreparer preparer = new LinearPreparer(torch, execution);
              StackLoader.Loaded stack = new StackLoader(torch, weights, 0, preparer).load(owner);
              return new RunningTree.Built(
                  ExitTree.root(
                      Scripts.module("model.CausalModel")
                          .with("model", stack.stack())
                          .with("lm_head", Objects.requireNonNull(stack.head(), "head"))
                          .with("choice", StepModules.of(preparer).choice()),
                      architecture.main().exits()),
                  List.of(stack),
                  0);
            });
    return new LanguageModel(torch, architecture, execution, tree);
  }

  public ModelSpec architecture() {
    return architecture;
  }

  public Execution execution() {
    return execution;
  }

  /** An empty cache for a number of sequences of at most {@code capacity} tokens. */
  public KvCache newCache(int batch, int capacity) {
    positions.extend(tree().script(), Math.min(capacity, architecture.spec().contextLength()));
    return KvCache.of(tree(), architecture.main(), batch, capacity);
  }

  /** This model as what texts are written by. */
  public NextTokens.Source writing() {
    return (texts, capacity) -> new ModelTokens(torch, this, texts, capacity);
  }

  /** What a cache takes now. */
  public CacheMemory memory(KvCache cache) {
    return new CacheMemory(
        tree().script().callForLong("held", cache.layers()),
        tree().script().callForLong("given", cache.layers()));
  }

  /** Logits of every token of sequences without a past, float32 [batch, tokens, vocabulary]. */
  public NDArray logits(NDManager owner, long[][] ids) {
    positions.extend(tree().script(), ids[0].length);
    try (NDManager scope = owner.newSubManager()) {
      NDArray logits = tree().script().call(scope, "logits", TokenIds.of(scope, ids));
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
      NDArray logits = next(scope, "next_logits", TokenIds.of(scope, ids), cache);
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
    return next(owner, "next_token", ids, cache);
  }

  private NDArray next(NDManager owner, String method, NDArray ids, KvCache cache) {
    int tokens = (int) ids.getShape().get(1);
    positions.extend(tree().script(), cache.length() + tokens);
    return cache.append(
        tokens, position -> tree().script().call(owner, method, ids, position, cache.layers()));
  }

  /**
   * −log p of tokens 1 … t−1 of each sequence, natural logarithm, [batch][t − 1]. Where tokens
   * leave before the last layer, as if each was decoded on its own.
   */
  public float[][] tokenLosses(long[][] ids) {
    return losses(ids, "losses");
  }

  /** The exits of this model at work. */
  public ExitingModel exiting() {
    EarlyExits exits = architecture.main().exits();
    if (exits == null) {
      throw new IllegalStateException("found a model that tokens go through as a whole");
    }
    return new ExitingModel(exits, this);
  }

  /** Calls a method of tokens without a past, of so many arguments. */
  float[] flat(String method, long[][] ids, Object... more) {
    positions.extend(tree().script(), ids[0].length);
    try (NDManager scope = tree().manager().newSubManager()) {
      Object[] arguments = new Object[more.length + 2];
      arguments[0] = TokenIds.of(scope, ids);
      System.arraycopy(more, 0, arguments, 1, more.length);
      arguments[more.length + 1] = LOSS_ROWS;
      NDArray found = tree().script().call(scope, method, arguments);
      return torch.tensors().cast(scope, found, DType.FLOAT32).toFloatArray();
    }
  }

  float[][] losses(long[][] ids, String method, Object... more) {
    float[] flat = flat(method, ids, more);
    int width = flat.length / ids.length;
    float[][] losses = new float[ids.length][];
    for (int row = 0; row < ids.length; row++) {
      losses[row] = Arrays.copyOfRange(flat, row * width, (row + 1) * width);
    }
    return losses;
  }

  /** What the first layer takes in, [batch, tokens, hidden]. */
  public NDArray embed(NDManager owner, long[][] ids) {
    positions.requireWithin(ids[0].length);
    try (NDManager scope = owner.newSubManager()) {
      return tree().script().call(owner, "embed", TokenIds.of(scope, ids), tree().none());
    }
  }

  /** What a layer makes of its input, without a past; shapes [batch, tokens, hidden]. */
  public NDArray layer(NDManager owner, int index, NDArray input) {
    positions.extend(tree().script(), input.getShape().get(1));
    return tree().script().call(owner, "layer", index, input);
  }

  /** The last layer's output after the final norm, which the head multiplies. */
  public NDArray finalNorm(NDManager owner, NDArray output) {
    return tree().script().call(owner, "norm", output);
  }
}
