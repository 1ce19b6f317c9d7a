package dev.assay.engine.teacher.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.teacher.chat.CachedTeacher;
import dev.assay.engine.teacher.chat.ChatBatch;
import dev.assay.engine.teacher.chat.ChatMessage;
import dev.assay.engine.teacher.chat.ChatRequest;
import dev.assay.engine.teacher.chat.Choice;
import dev.assay.engine.teacher.chat.Completion;
import dev.assay.engine.teacher.chat.CompletionCache;
import dev.assay.engine.teacher.chat.Ledger;
import dev.assay.engine.teacher.chat.Sampling;
import dev.assay.engine.teacher.template.ChatEncoder;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.weight.Execution;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.commons.io.file.PathUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTeacherTest extends TorchTest {
  private static final List<ChatMessage> ASKED = List.of(ChatMessage.user("What is law?"));
  private static final int MOST = 6;

  @TempDir private Path directory;

  private Checkpoint checkpoint;
  private LanguageModel model;
  private Tokenizer tokenizer;
  private ChatEncoder encoder;

  @BeforeAll
  void open() {
    checkpoint = Checkpoint.open(ModelFixture.model("ref-7m"));
    model =
        LanguageModel.load(
            torch,
            checkpoint,
            new Families().architecture(checkpoint),
            Execution.reference(torch.device()));
    tokenizer = checkpoint.tokenizer();
    encoder = ChatEncoder.of(checkpoint, tokenizer);
  }

  @AfterAll
  void close() {
    model.close();
    tokenizer.close();
  }

  private LocalTeacher teacher(Set<Long> ends) {
    return new LocalTeacher(torch, model, tokenizer, encoder, ends);
  }

  private static ChatRequest request(
      @Nullable Double temperature, @Nullable Integer n, @Nullable Long seed, String... stop) {
    return new ChatRequest(
        "ref-7m",
        ASKED,
        new Sampling(
            temperature, null, MOST, n, seed, stop.length == 0 ? null : List.of(stop), null));
  }

  /** Every token from the whole text before it, without a cache. */
  private long[] greedy() {
    long[] ids = encoder.encodePrompt(ASKED);
    int prompt = ids.length;
    for (int i = 0; i < MOST; i++) {
      try (NDManager own = torch.manager().newSubManager()) {
        float[] logits = model.logits(own, new long[][] {ids}).toFloatArray();
        int vocabulary = logits.length / ids.length;
        int from = logits.length - vocabulary;
        int best = 0;
        for (int at = 0; at < vocabulary; at++) {
          best = logits[from + at] > logits[from + best] ? at : best;
        }
        ids = LongStream.concat(Arrays.stream(ids), LongStream.of(best)).toArray();
      }
    }
    return Arrays.copyOfRange(ids, prompt, ids.length);
  }

  @Test
  void itWritesWhatTheModelHoldsMostProbable() {
    long[] expected = greedy();
    Completion completion = teacher(Set.of()).complete(request(null, null, null));

    assertThat(completion.first().content())
        .isEqualTo(tokenizer.decodeWithoutSpecialTokens(expected).strip());
    assertThat(completion.first().finishReason()).isEqualTo(Choice.LENGTH);
    assertThat(Objects.requireNonNull(completion.usage()).promptTokens())
        .isEqualTo(encoder.count(ASKED));
    assertThat(Objects.requireNonNull(completion.usage()).completionTokens()).isEqualTo(MOST);
  }

  @Test
  void anAnswerEndsAtATokenOrATextThatEndsIt() {
    long[] expected = greedy();
    long end = expected[3];
    int first = (int) LongStream.of(expected).takeWhile(each -> each != end).count();
    Completion byToken = teacher(Set.of(end)).complete(request(0.0, null, null));
    assertThat(byToken.first().finishReason()).isEqualTo(Choice.STOP);
    assertThat(byToken.first().content())
        .isEqualTo(tokenizer.decodeWithoutSpecialTokens(Arrays.copyOf(expected, first)).strip());
    assertThat(Objects.requireNonNull(byToken.usage()).completionTokens()).isEqualTo(first + 1);

    String whole = tokenizer.decodeWithoutSpecialTokens(expected);
    String stop = whole.substring(whole.length() - 2);
    Completion byText = teacher(Set.of()).complete(request(0.0, null, null, stop));
    assertThat(byText.first().finishReason()).isEqualTo(Choice.STOP);
    assertThat(byText.first().content()).isEqualTo(whole.substring(0, whole.indexOf(stop)).strip());
  }

  @Test
  void drawnAnswersDependOnTheSeedAlone() {
    LocalTeacher teacher = teacher(Set.of());
    List<Choice> drawn = teacher.complete(request(1.5, 3, 7L)).choices();

    assertThat(drawn).extracting(Choice::content).doesNotHaveDuplicates().hasSize(3);
    assertThat(teacher.complete(request(1.5, 3, 7L)).choices()).isEqualTo(drawn);
    assertThat(teacher.complete(request(1.5, 1, 7L)).first()).isEqualTo(drawn.get(0));
    assertThat(teacher.complete(request(1.5, 1, 8L)).first()).isNotEqualTo(drawn.get(0));
  }

  /** Whatever can change an answer. */
  @Test
  void itsAnswersAreKeptByAllThatTheyDependOn() throws IOException {
    URI base = LocalTeacher.base(checkpoint, tokenizer, encoder, Set.of());
    Path copy = directory.resolve("copy");
    PathUtils.copyDirectory(ModelFixture.model("ref-7m"), copy);
    assertThat(LocalTeacher.base(Checkpoint.open(copy), tokenizer, encoder, Set.of()))
        .isEqualTo(base);
    assertThat(LocalTeacher.base(checkpoint, tokenizer, encoder, Set.of(2L))).isNotEqualTo(base);
    Path config = copy.resolve("config.json");
    String other =
        Files.readString(config).replaceFirst("\"rms_norm_eps\": [^,]*", "\"rms_norm_eps\": 0.5");
    Files.writeString(config, other);
    assertThat(LocalTeacher.base(Checkpoint.open(copy), tokenizer, encoder, Set.of()))
        .isNotEqualTo(base);
  }

  @Test
  void aCacheInFrontOfItAnswersTheSecondTime() {
    URI base = LocalTeacher.base(checkpoint, tokenizer, encoder, Set.of());
    CompletionCache cache = new CompletionCache(directory);
    List<ChatRequest> twice = List.of(request(1.0, null, 1L), request(1.0, null, 1L));
    Ledger first = new Ledger(null);
    // Several threads at a time, as with a server.
    List<Completion> answers =
        new ChatBatch(new CachedTeacher(base, teacher(Set.of()), cache, first), 2).complete(twice);
    assertThat(first.spending().requests()).isEqualTo(1);
    assertThat(first.spending().usage().completionTokens()).isEqualTo(MOST);

    Ledger second = new Ledger(null);
    CachedTeacher again =
        new CachedTeacher(
            base,
            request -> {
              throw new AssertionError("asked again");
            },
            cache,
            second);
    assertThat(again.complete(twice.get(0))).isEqualTo(answers.get(1));
    assertThat(second.spending().cached()).isEqualTo(1);
    assertThat(base.toString()).startsWith("local:").doesNotContain("ref-7m");
  }

  @Test
  void whatItCannotDoIsAnError() {
    ChatRequest longer =
        new ChatRequest(
            "ref-7m", List.of(ChatMessage.user("law ".repeat(2000))), Sampling.OF_THE_SERVER);
    assertThatThrownBy(() -> teacher(Set.of()).complete(longer))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("expected fewer than the 1024 of its context");
    Sampling alternatives = new Sampling(null, null, 4, null, null, null, 2);
    assertThatThrownBy(
            () -> teacher(Set.of()).complete(new ChatRequest("ref-7m", ASKED, alternatives)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("topLogprobs: found 2");
  }

  @Test
  void itsEndsAreThoseThatTheCheckpointNames() {
    assertThat(AnswerEnds.of(checkpoint, tokenizer)).containsExactly(0L);
  }
}
