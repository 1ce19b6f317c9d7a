package dev.assay.harness.measure.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.KvCache;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.torch.TorchSession;
import dev.assay.engine.weight.Execution;
import java.util.Arrays;

/**
 * A model with a prompt, ready to generate greedily. Every token's id comes back to Java before the
 * next step, as it does where tokens are streamed to a reader. Holds native memory until it is
 * closed; one thread at a time.
 */
public final class Generation implements AutoCloseable {
  /** What the prompts are, for protocols. */
  public static final String PROMPT = SeededPrompt.DESCRIPTION;

  private final LanguageModel model;
  private final KvCache cache;
  private final NDManager manager;
  private final NDArray prompt;
  private final int batch;
  private final int steps;

  private Generation(NDManager manager, LanguageModel model, int batch, GenerationLength length) {
    this.model = model;
    this.batch = batch;
    this.steps = length.steps();
    this.manager = manager;
    this.cache = model.newCache(batch, length.capacity());
    int vocabulary = model.architecture().spec().vocabularySize();
    long[][] ids = SeededPrompt.of(vocabulary, batch, length.prompt());
    this.prompt =
        manager.create(
            Arrays.stream(ids).flatMapToLong(Arrays::stream).toArray(),
            new Shape(batch, length.prompt()));
  }

  /**
   * Loads the artifact.
   *
   * @throws BadInputException if it cannot be loaded, or is too short of context
   */
  public static Generation open(TorchSession torch, GenerationSettings settings) {
    Checkpoint checkpoint = Checkpoint.open(settings.artifact());
    ModelSpec architecture = new Families().architecture(checkpoint);
    GenerationLength length = settings.length();
    int context = architecture.spec().contextLength();
    if (length.capacity() > context) {
      throw new BadInputException(
          String.format(
              "promptLength and decodeLength: found %d and %d, expected to fit into the context of"
                  + " %d of %s",
              length.prompt(), length.generated(), context, settings.artifact()));
    }
    Execution execution = settings.execution();
    LanguageModel model = LanguageModel.load(torch, checkpoint, architecture, execution);
    return new Generation(torch.manager().newSubManager(), model, settings.batch(), length);
  }

  /** The model, which stays this generation's. */
  public LanguageModel model() {
    return model;
  }

  /** Forgets all tokens. */
  public void reset() {
    cache.truncate(0);
  }

  /** Reads the prompt and chooses the first token of each sequence. */
  public long[] prefill() {
    try (NDManager scope = manager.newSubManager()) {
      return model.nextToken(scope, prompt, cache).toLongArray();
    }
  }

  /**
   * Generates the other tokens.
   *
   * @param first the first token of each sequence
   * @return the last token of each sequence
   */
  public long[] decode(long[] first) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray token = scope.create(first, new Shape(batch, 1));
      long[] ids = first;
      for (int step = 0; step < steps; step++) {
        token = model.nextToken(scope, token, cache);
        ids = token.toLongArray();
      }
      return ids;
    }
  }

  @Override
  public void close() {
    manager.close();
    cache.close();
    model.close();
  }
}
