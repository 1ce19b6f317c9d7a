package dev.assay.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.linear.Execution;
import dev.assay.engine.linear.RunnableWeight;
import dev.assay.engine.torch.DType;
import dev.assay.engine.torch.ScriptModule;
import dev.assay.engine.torch.TorchSession;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model that writes one text after reading another. Token ids and masks are int64 [batch,
 * tokens]. One thread at a time. Holds native memory until it is closed.
 */
public final class EncoderDecoderModel implements RunnableModel {
  private final TorchSession torch;
  private final Execution execution;
  private final RunningStack encoder;
  private final RunningStack decoder;
  private final NDArray encoderDistances;
  private final NDArray decoderDistances;
  private final ScriptModule masks;

  private EncoderDecoderModel(
      TorchSession torch,
      Checkpoint checkpoint,
      Execution execution,
      RunningStack encoder,
      RunningStack decoder) {
    this.torch = torch;
    this.execution = execution;
    this.encoder = encoder;
    this.decoder = decoder;
    this.encoderDistances =
        new OuterTensors(torch, checkpoint, encoder.stack()).relative(encoder.manager());
    this.decoderDistances =
        new OuterTensors(torch, checkpoint, decoder.stack()).relative(decoder.manager());
    this.masks = torch.script(EncoderDecoderModel.class, "masks.py");
  }

  /**
   * Reads all weights and brings them into the form in which they run.
   *
   * @throws dev.assay.engine.config.BadInputException if tensors are missing or of a wrong shape
   * @throws IllegalArgumentException if the model is of another kind
   */
  public static EncoderDecoderModel load(
      TorchSession torch, Checkpoint checkpoint, Architecture architecture, Execution execution) {
    if (architecture.kind() != Architecture.Kind.ENCODER_DECODER) {
      throw new IllegalArgumentException(
          architecture.family() + " has no encoder and decoder: " + architecture.kind());
    }
    RunningStack encoder =
        RunningStack.load(torch, checkpoint, architecture.stacks().get(0), execution);
    try {
      RunningStack decoder = RunningStack.load(torch, checkpoint, architecture.main(), execution);
      return new EncoderDecoderModel(torch, checkpoint, execution, encoder, decoder);
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  @Override
  public List<RunnableWeight> linears() {
    return Stream.concat(decoder.weights().linears().stream(), encoder.weights().linears().stream())
        .toList();
  }

  @Override
  public DType productType() {
    return decoder.weights().productType();
  }

  /** {@inheritDoc} The embedding, which both stacks hold, counts twice, as it is there twice. */
  @Override
  public long weightBytes() {
    return encoder.weights().bytes() + decoder.weights().bytes();
  }

  /** What the encoder takes in, [batch, tokens, hidden]. */
  public NDArray embedSource(NDManager owner, long[][] ids) {
    try (NDManager scope = owner.newSubManager()) {
      return encoder.embed(owner, TokenIds.of(scope, ids), scope.create(new long[0]));
    }
  }

  /** What the decoder takes in, [batch, tokens, hidden]. */
  public NDArray embedTarget(NDManager owner, long[][] ids) {
    try (NDManager scope = owner.newSubManager()) {
      return decoder.embed(owner, TokenIds.of(scope, ids), scope.create(new long[0]));
    }
  }

  /** What a layer of the encoder makes of its input. */
  public NDArray encoderLayer(NDManager owner, int index, NDArray input) {
    try (NDManager scope = owner.newSubManager()) {
      return encoder.layer(owner, index, input, reading(scope, input.getShape().get(1), null));
    }
  }

  /** What a layer of the decoder makes of its input. */
  public NDArray decoderLayer(NDManager owner, int index, NDArray input, NDArray memory) {
    try (NDManager scope = owner.newSubManager()) {
      return decoder.layer(
          owner, index, input, writing(scope, 0, input.getShape().get(1), memory, null));
    }
  }

  /**
   * The text read.
   *
   * @param mask 1 for tokens, 0 for padding; null where nothing is padded
   * @return [batch, tokens, hidden], after the final norm
   */
  public NDArray encode(NDManager owner, long[][] ids, long @Nullable [][] mask) {
    try (NDManager scope = owner.newSubManager()) {
      return encoder.run(
          owner,
          TokenIds.of(scope, ids),
          reading(scope, ids[0].length, mask == null ? null : TokenIds.of(scope, mask)));
    }
  }

  /**
   * What the head multiplies, for tokens without a past.
   *
   * @param memory of {@link #encode}
   */
  public NDArray decode(NDManager owner, long[][] ids, NDArray memory, long @Nullable [][] mask) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray padding = mask == null ? null : TokenIds.of(scope, mask);
      return decoder.run(
          owner, TokenIds.of(scope, ids), writing(scope, 0, ids[0].length, memory, padding));
    }
  }

  /** Logits of tokens without a past, float32 [batch, tokens, vocabulary]. */
  public NDArray logits(NDManager owner, long[][] ids, NDArray memory, long @Nullable [][] mask) {
    try (NDManager scope = owner.newSubManager()) {
      return logits(owner, scope, decode(scope, ids, memory, mask));
    }
  }

  /** Logits of tokens that follow those in the cache, which takes them up. */
  public NDArray nextLogits(NDManager owner, long[][] ids, NDArray memory, KvCache cache) {
    try (NDManager scope = owner.newSubManager()) {
      int position = cache.reserve(ids[0].length);
      NDArray output =
          decoder.pass(
              scope,
              "body",
              TokenIds.of(scope, ids),
              position,
              cache.keys(),
              cache.values(),
              writing(scope, position, ids[0].length, memory, null));
      return logits(owner, scope, output);
    }
  }

  private NDArray logits(NDManager owner, NDManager scope, NDArray output) {
    return torch.tensors().cast(owner, decoder.head(scope, output), DType.FLOAT32);
  }

  /** An empty cache of the decoder. */
  public KvCache newCache(int batch, int capacity) {
    return new KvCache(
        torch, decoder.manager(), decoder.stack().spec(), execution.dtype(), batch, capacity);
  }

  private LayerSurroundings reading(NDManager scope, long tokens, @Nullable NDArray mask) {
    NDArray bias =
        RelativeBias.of(torch, scope, encoder.stack().spec(), encoderDistances, 0, tokens);
    NDArray scores = mask == null ? bias : masks.call(scope, "with_padding", bias, mask);
    return new LayerSurroundings(List.of(scores));
  }

  private LayerSurroundings writing(
      NDManager scope, long position, long tokens, NDArray memory, @Nullable NDArray mask) {
    NDArray bias =
        RelativeBias.of(torch, scope, decoder.stack().spec(), decoderDistances, position, tokens);
    NDArray padding =
        mask == null ? scope.create(new float[0]) : masks.call(scope, "padding", mask);
    return new LayerSurroundings(List.of(bias, memory, padding));
  }

  @Override
  public void close() {
    decoder.close();
    encoder.close();
  }
}
