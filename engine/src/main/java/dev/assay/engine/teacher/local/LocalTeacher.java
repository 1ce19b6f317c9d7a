package dev.assay.engine.teacher.local;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.run.KvCache;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.teacher.chat.ChatRequest;
import dev.assay.engine.teacher.chat.Choice;
import dev.assay.engine.teacher.chat.Completion;
import dev.assay.engine.teacher.chat.Sampling;
import dev.assay.engine.teacher.chat.TextTeacher;
import dev.assay.engine.teacher.chat.Usage;
import dev.assay.engine.teacher.template.ChatEncoder;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.TorchSession;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A model on this machine as a teacher: its chat template writes the conversation, and tokens are
 * drawn one by one until one of those that end an answer. One answer is written at a time, whoever
 * asks. Without a temperature, or with one of 0, the most probable token is taken, the first of
 * several; otherwise an answer depends on the seed, 0 unless given, and its number among the
 * answers to its request. The model stays its owner's.
 */
public final class LocalTeacher implements TextTeacher {
  private final TorchSession torch;
  private final LanguageModel model;
  private final Tokenizer tokenizer;
  private final ChatEncoder encoder;
  private final Set<Long> ends;

  /**
   * A teacher.
   *
   * @param torch that the model was loaded with
   * @param tokenizer of the model; stays its owner's
   * @param encoder writes conversations in the model's tokens
   * @param ends tokens that end an answer
   */
  public LocalTeacher(
      TorchSession torch,
      LanguageModel model,
      Tokenizer tokenizer,
      ChatEncoder encoder,
      Set<Long> ends) {
    this.torch = torch;
    this.model = model;
    this.tokenizer = tokenizer;
    this.encoder = encoder;
    this.ends = Set.copyOf(ends);
  }

  /**
   * What a model's answers are kept under, wherever it lies: its weights and configuration,
   * tokenizer and template, and the tokens that end an answer.
   */
  public static URI base(
      Checkpoint checkpoint, Tokenizer tokenizer, ChatEncoder encoder, Set<Long> ends) {
    String all =
        String.join(
            " ",
            checkpoint.sha256(),
            checkpoint.config().toString(),
            tokenizer.sha256(),
            encoder.template().sha256(),
            new TreeSet<>(ends).toString());
    return URI.create("local:" + DigestUtils.sha256Hex(all));
  }

  /**
   * Answers a request.
   *
   * @throws BadInputException if the conversation does not fit into the model's context, or
   *     log-probabilities are asked for
   */
  @Override
  public synchronized Completion complete(ChatRequest request) {
    Sampling sampling = request.sampling();
    if (sampling.topLogprobs() != null) {
      throw new BadInputException(
          "topLogprobs: found %d, expected none: a local teacher writes text alone"
              .formatted(sampling.topLogprobs()));
    }
    long[] prompt = encoder.encodePrompt(request.messages());
    int context = model.architecture().spec().contextLength();
    if (prompt.length >= context) {
      throw new BadInputException(
          "%s: found a prompt of %d tokens, expected fewer than the %d of its context"
              .formatted(request.model(), prompt.length, context));
    }
    int most = context - prompt.length;
    if (sampling.maxTokens() != null) {
      most = Math.min(most, sampling.maxTokens());
    }
    List<Choice> choices = new ArrayList<>();
    long written = 0;
    try (KvCache cache = model.newCache(1, prompt.length + most)) {
      for (int number = 0; number < sampling.answers(); number++) {
        cache.truncate(0);
        Answer answer =
            answer(
                prompt, most, new TokenDraw(sampling, random(sampling, number)), sampling, cache);
        written += answer.tokens();
        choices.add(new Choice(number, answer.text(), null, answer.reason(), List.of()));
      }
    }
    return new Completion(request.model(), choices, new Usage(prompt.length, written));
  }

  private static SplittableRandom random(Sampling sampling, int number) {
    long seed = sampling.seed() == null ? 0 : sampling.seed();
    return new SplittableRandom(seed + 0x9E3779B97F4A7C15L * number);
  }

  /**
   * One answer.
   *
   * @param tokens how many were drawn, one that ends it among them
   */
  private record Answer(String text, String reason, int tokens) {}

  private Answer answer(long[] prompt, int most, TokenDraw draw, Sampling sampling, KvCache cache) {
    List<String> stops = sampling.stop() == null ? List.of() : sampling.stop();
    long[] written = new long[most];
    long[] next = prompt;
    for (int count = 0; count < most; count++) {
      long token = draw.of(last(next, cache));
      if (ends.contains(token)) {
        return new Answer(text(written, count), Choice.STOP, count + 1);
      }
      written[count] = token;
      if (!stops.isEmpty()) {
        String text = tokenizer.decodeWithoutSpecialTokens(Arrays.copyOf(written, count + 1));
        int end = stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(-1);
        if (end >= 0) {
          return new Answer(text.substring(0, end).strip(), Choice.STOP, count + 1);
        }
      }
      next = new long[] {token};
    }
    return new Answer(text(written, most), Choice.LENGTH, most);
  }

  private String text(long[] written, int count) {
    return tokenizer.decodeWithoutSpecialTokens(Arrays.copyOf(written, count)).strip();
  }

  /** Logits of the token behind the last one. */
  private float[] last(long[] ids, KvCache cache) {
    try (NDManager scope = torch.manager().newSubManager()) {
      int before = ids.length - 1;
      if (before > 0) {
        // Without the logits of all of a prompt's tokens, which would be large.
        NDArray beginning = scope.create(Arrays.copyOf(ids, before), new Shape(1, before));
        model.nextToken(scope, beginning, cache).close();
      }
      return model.logits(scope, new long[][] {{ids[before]}}, cache).toFloatArray();
    }
  }
}
