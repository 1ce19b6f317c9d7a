package dev.assay.engine.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.model.Stack;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model that writes one text after reading another. Token ids and masks are int64 [batch,
 * tokens]. One thread at a time. Holds native memory until it is closed.
 */
public final class EncoderDecoderModel extends RunnableModel {
  private final TorchSession torch;
  private final Stack decoder;

  private EncoderDecoderModel(TorchSession torch, Stack decoder, RunningTree tree) {
    super(tree);
    this.torch = torch;
    this.decoder = decoder;
  }

  /**
   * Reads all weights and brings them into the form in which they run.
   *
   * @throws dev.assay.engine.config.BadInputException if tensors are missing or of a wrong shape
   * @throws IllegalArgumentException if the model is of another kind
   */
  public static EncoderDecoderModel load(
      TorchSession torch, Checkpoint checkpoint, ModelSpec architecture, Execution execution) {
    return load(torch, new CheckpointWeights(torch, checkpoint, architecture), execution);
  }

  /** The same of a model that may be one that is being worked on. */
  public static EncoderDecoderModel load(
      TorchSession torch, ModelWeights weights, Execution execution) {
    ModelSpec architecture = weights.spec();
    if (architecture.kind() != ModelSpec.Kind.ENCODER_DECODER) {
      throw new IllegalArgumentException(
          architecture.family() + " has no encoder and decoder: " + architecture.kind());
    }
    RunningTree tree =
        RunningTree.load(
            torch,
            execution,
            owner -> {
              StackLoader.Loaded encoder =
                  new StackLoader(torch, weights, 0, execution).load(owner);
              StackLoader.Loaded decoder =
                  new StackLoader(torch, weights, 1, execution).load(owner);
              return new RunningTree.Built(
                  Scripts.module("model.EncoderDecoderModel")
                      .with("encoder", encoder.stack())
                      .with("decoder", decoder.stack())
                      .with("lm_head", Objects.requireNonNull(decoder.head(), "head")),
                  List.of(decoder, encoder),
                  0);
            });
    return new EncoderDecoderModel(torch, weights.stack(1), tree);
  }

  /** What the encoder takes in, [batch, tokens, hidden]. */
  public NDArray embedSource(NDManager owner, long[][] ids) {
    return embed(owner, "embed_source", ids);
  }

  /** What the decoder takes in, [batch, tokens, hidden]. */
  public NDArray embedTarget(NDManager owner, long[][] ids) {
    return embed(owner, "embed_target", ids);
  }

  private NDArray embed(NDManager owner, String method, long[][] ids) {
    try (NDManager scope = owner.newSubManager()) {
      return tree().script().call(owner, method, TokenIds.of(scope, ids), tree().none());
    }
  }

  /** What a layer of the encoder makes of its input. */
  public NDArray encoderLayer(NDManager owner, int index, NDArray input) {
    return tree().script().call(owner, "encoder_layer", index, input, tree().none());
  }

  /** What a layer of the decoder makes of its input. */
  public NDArray decoderLayer(NDManager owner, int index, NDArray input, NDArray memory) {
    return tree().script().call(owner, "decoder_layer", index, input, memory, tree().none());
  }

  /**
   * The text read.
   *
   * @param mask 1 for tokens, 0 for padding; null where nothing is padded
   * @return [batch, tokens, hidden], after the final norm
   */
  public NDArray encode(NDManager owner, long[][] ids, long @Nullable [][] mask) {
    try (NDManager scope = owner.newSubManager()) {
      return tree().script().call(owner, "encode", TokenIds.of(scope, ids), mask(scope, mask));
    }
  }

  /**
   * What the head multiplies, for tokens without a past.
   *
   * @param memory of {@link #encode}
   */
  public NDArray decode(NDManager owner, long[][] ids, NDArray memory, long @Nullable [][] mask) {
    try (NDManager scope = owner.newSubManager()) {
      return tree()
          .script()
          .call(owner, "decode", TokenIds.of(scope, ids), memory, mask(scope, mask));
    }
  }

  /** Logits of tokens without a past, float32 [batch, tokens, vocabulary]. */
  public NDArray logits(NDManager owner, long[][] ids, NDArray memory, long @Nullable [][] mask) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray logits =
          tree().script().call(scope, "logits", TokenIds.of(scope, ids), memory, mask(scope, mask));
      return torch.tensors().cast(owner, logits, DType.FLOAT32);
    }
  }

  /** Logits of tokens that follow those in the cache, which takes them up. */
  public NDArray nextLogits(NDManager owner, long[][] ids, NDArray memory, KvCache cache) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray tokens = TokenIds.of(scope, ids);
      ScriptModule script = tree().script();
      NDArray none = tree().none();
      NDArray logits =
          cache.append(
              ids[0].length,
              position ->
                  script.call(
                      scope, "next_logits", tokens, position, cache.layers(), memory, none));
      return torch.tensors().cast(owner, logits, DType.FLOAT32);
    }
  }

  /** An empty cache of the decoder. */
  public KvCache newCache(int batch, int capacity) {
    return KvCache.of(tree(), decoder, batch, capacity);
  }

  private NDArray mask(NDManager scope, long @Nullable [][] mask) {
    return mask == null ? tree().none() : TokenIds.of(scope, mask);
  }
}
