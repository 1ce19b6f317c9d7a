package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.linear.RunnableWeight;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.ArrayList;
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
  private final NDManager manager;
  private final Architecture architecture;
  private final Execution execution;
  private final ScriptModule script;
  private final LoadedWeights weights;
  private final RotaryTables rotary;
  private final NDArray noCache;
  private final ScriptConstants constants;

  private LanguageModel(
      TorchSession torch,
      NDManager manager,
      Architecture architecture,
      Execution execution,
      LoadedWeights weights) {
    DecoderSpec spec = architecture.spec();
    this.torch = torch;
    this.manager = manager;
    this.architecture = architecture;
    this.execution = execution;
    this.weights = weights;
    List<String> scripts = new ArrayList<>(LayerScripts.of(spec));
    scripts.add("language_model.py");
    this.script = torch.script(LanguageModel.class, scripts.toArray(String[]::new));
    this.rotary = RotaryTables.of(torch, manager, spec, execution.dtype());
    this.noCache = manager.create(new float[0]);
    this.constants = ScriptConstants.of(manager, architecture.main());
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
    NDManager manager = torch.manager().newSubManager();
    try {
      LoadedWeights weights =
          LoadedWeights.load(torch, manager, checkpoint, architecture.main(), execution);
      return new LanguageModel(torch, manager, architecture, execution, weights);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  public Architecture architecture() {
    return architecture;
  }

  public Execution execution() {
    return execution;
  }

  @Override
  public List<RunnableWeight> linears() {
    return weights.linears();
  }

  @Override
  public DType productType() {
    return weights.productType();
  }

  @Override
  public long weightBytes() {
    return weights.bytes();
  }

  /** An empty cache for a number of sequences of at most {@code capacity} tokens. */
  public KvCache newCache(int batch, int capacity) {
    return new KvCache(torch, manager, architecture.spec(), execution.dtype(), batch, capacity);
  }

  /** Logits of every token of sequences without a past, float32 [batch, tokens, vocabulary]. */
  public NDArray logits(NDManager owner, long[][] ids) {
    return logits(owner, ids, 0, noCache, noCache);
  }

  /**
   * Logits of tokens that follow those in the cache, which takes them up.
   *
   * @return float32 [batch, tokens, vocabulary]
   */
  public NDArray logits(NDManager owner, long[][] ids, KvCache cache) {
    return logits(owner, ids, cache.reserve(ids[0].length), cache.keys(), cache.values());
  }

  private NDArray logits(
      NDManager owner, long[][] ids, long position, NDArray keys, NDArray values) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray logits = pass(scope, "logits", TokenIds.of(scope, ids), position, keys, values);
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
    int position = cache.reserve((int) ids.getShape().get(1));
    return pass(owner, "next_token", ids, position, cache.keys(), cache.values());
  }

  private NDArray pass(
      NDManager owner, String method, NDArray ids, long position, NDArray keys, NDArray values) {
    RotaryTables.Tables tables = rotary.of(position + ids.getShape().get(1));
    return script.call(
        owner,
        method,
        ids,
        position,
        keys,
        values,
        weights.tensors(),
        weights.forms(),
        constants.dims(),
        constants.nums(),
        weights.limits(),
        tables.cosines(),
        tables.sines(),
        constants.windows(),
        constants.extra());
  }

  /** −log p of tokens 1 … t−1 of each sequence, natural logarithm, [batch][t − 1]. */
  public float[][] tokenLosses(long[][] ids) {
    RotaryTables.Tables tables = rotary.of(ids[0].length);
    try (NDManager scope = manager.newSubManager()) {
      float[] flat =
          script
              .call(
                  scope,
                  "losses",
                  TokenIds.of(scope, ids),
                  LOSS_ROWS,
                  weights.tensors(),
                  weights.forms(),
                  constants.dims(),
                  constants.nums(),
                  weights.limits(),
                  tables.cosines(),
                  tables.sines(),
                  constants.windows(),
                  constants.extra())
              .toFloatArray();
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
      return script.call(
          owner,
          "embed",
          TokenIds.of(scope, ids),
          scope.create(new long[0]),
          0L,
          weights.tensors(),
          constants.dims(),
          constants.nums(),
          execution.dtype().scriptCode());
    }
  }

  /** What a layer makes of its input, without a past; shapes [batch, tokens, hidden]. */
  public NDArray layer(NDManager owner, int index, NDArray input) {
    RotaryTables.Tables tables = rotary.of(input.getShape().get(1));
    return script.call(
        owner,
        "one_layer",
        input,
        (long) index,
        weights.tensors(),
        weights.forms(),
        constants.dims(),
        constants.nums(),
        weights.limits(),
        tables.cosines(),
        tables.sines(),
        constants.windows(),
        constants.extra());
  }

  /** The last layer's output after the final norm, which the head multiplies. */
  public NDArray finalNorm(NDManager owner, NDArray output) {
    return script.call(owner, "final_norm", output, weights.tensors(), constants.nums());
  }

  @Override
  public void close() {
    constants.close();
    weights.close();
    manager.close();
  }
}
