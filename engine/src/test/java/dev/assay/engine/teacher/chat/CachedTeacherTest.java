package dev.assay.engine.teacher.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.fixture.FakeTeacher;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that are kept, and what they cost. */
class CachedTeacherTest {
  private static final URI BASE = URI.create("http://localhost/v1");

  @TempDir Path directory;
  private final Ledger ledger = new Ledger(new Price(2, 10));

  private static ChatRequest request(String prompt) {
    return new ChatRequest("tiny", List.of(ChatMessage.user(prompt)), Sampling.OF_THE_SERVER);
  }

  private static Completion answer(String content) {
    TokenLogprob token = new TokenLogprob("a", -0.5, List.of(new TokenLogprob("b", -1, List.of())));
    Choice choice = new Choice(0, content, null, Choice.STOP, List.of(token));
    return new Completion("tiny-2024", List.of(choice), new Usage(100, 20));
  }

  private CachedTeacher teacher(TextTeacher asked) {
    return new CachedTeacher(BASE, asked, new CompletionCache(directory), ledger);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void nothingIsAskedTwice() {
    AtomicInteger asked = new AtomicInteger();
    TextTeacher counted =
        request -> {
          asked.incrementAndGet();
          return answer("Blue – \"sky\"");
        };

    Completion first = teacher(counted).complete(request("Sky?"));
    // As in a later run.
    Completion second = teacher(counted).complete(request("Sky?"));

    assertThat(second).isEqualTo(first).isEqualTo(answer("Blue – \"sky\""));
    assertThat(asked).hasValue(1);
    assertThat(ledger.spending())
        .isEqualTo(new Spending(1, 1, 0, 0, new Usage(100, 20), new Price(2, 10)));
    assertThat(ledger.spending().cost()).hasValue((100 * 2 + 20 * 10) / 1e6);
    assertThat(ledger.spending().shownCost()).isEqualTo("0.000400");
  }

  @Test
  void whateverChangesAnAnswerIsPartOfItsHash() {
    Sampling warm = new Sampling(0.7, null, null, null, null, null, null);
    List<ChatMessage> messages = List.of(ChatMessage.user("Sky?"));
    List<String> keys = new ArrayList<>();
    keys.add(CompletionCache.key(BASE, request("Sky?")));
    keys.add(CompletionCache.key(BASE, request("Sky")));
    keys.add(CompletionCache.key(BASE, new ChatRequest("tiny", messages, warm)));
    keys.add(CompletionCache.key(BASE, new ChatRequest("other", messages, warm)));
    keys.add(CompletionCache.key(BASE, new ChatRequest("tiny", messages, warm.withMaxTokens(3))));
    keys.add(CompletionCache.key(URI.create("http://localhost/v2"), request("Sky?")));
    List<ChatMessage> system = List.of(ChatMessage.system("Sky?"));
    keys.add(CompletionCache.key(BASE, new ChatRequest("tiny", system, Sampling.OF_THE_SERVER)));

    assertThat(keys).doesNotHaveDuplicates().allMatch(key -> key.matches("[0-9a-f]{64}"));
    assertThat(CompletionCache.key(BASE, request("Sky?"))).isEqualTo(keys.get(0));
  }

  @Test
  void theSameAskedByManyIsAskedOnce() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    CachedTeacher teacher =
        teacher(
            request -> {
              asked.incrementAndGet();
              return answer(request.messages().get(0).content());
            });
    List<ChatRequest> requests = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      requests.add(request("prompt " + i % 6));
    }

    List<Completion> answers = new ChatBatch(teacher, 8).complete(requests);

    for (int i = 0; i < requests.size(); i++) {
      assertThat(answers.get(i).first().content()).isEqualTo("prompt " + i % 6);
    }
    assertThat(asked).hasValue(6);
    assertThat(ledger.spending().cached()).isEqualTo(54);
    assertThat(files()).hasSize(6).allMatch(file -> file.toString().endsWith(".json"));
  }

  @Test
  void aRunThatFailedGoesOnWhereItStopped() {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger left = new AtomicInteger(3);
    TextTeacher failing =
        request -> {
          if (left.getAndDecrement() <= 0) {
            throw new ChatUnreachableException("gone");
          }
          asked.add(request.messages().get(0).content());
          return answer("yes");
        };
    List<ChatRequest> requests = Stream.of("a", "b", "c", "d", "e").map(p -> request(p)).toList();

    assertThatThrownBy(() -> new ChatBatch(teacher(failing), 1).complete(requests))
        .isInstanceOf(ChatUnreachableException.class);
    left.set(5);
    assertThat(new ChatBatch(teacher(failing), 2).complete(requests)).hasSize(5);
    assertThat(asked).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
  }

  @Test
  void aBrokenFileIsAskedForAgain() throws IOException {
    CachedTeacher teacher = teacher(request -> answer("yes"));
    teacher.complete(request("Sky?"));
    for (String broken : List.of("", "{", "{}", "{\"completion\": {\"choices\": [3]}}")) {
      Files.writeString(files().get(0), broken);

      assertThat(teacher.complete(request("Sky?"))).isEqualTo(answer("yes"));
      assertThat(Files.readString(files().get(0))).contains("tiny-2024");
    }
    assertThat(ledger.spending().requests()).isEqualTo(5);
  }

  @Test
  void noFileHasTheKey() throws IOException {
    try (FakeTeacher server = new FakeTeacher()) {
      server.then(FakeTeacher.answer("It is " + FakeTeacher.KEY));
      ChatServer known = server.chatServer();
      TextTeacher teacher =
          new CachedTeacher(
              known.base(), new ChatClient(known), new CompletionCache(directory), ledger);

      assertThat(teacher.complete(request("Key?")).first().content()).isEqualTo("It is [key]");
    }
    String file = Files.readString(files().get(0), StandardCharsets.UTF_8);
    assertThat(file).contains("Key?", "127.0.0.1").doesNotContain(FakeTeacher.KEY, "secret");
  }

  @Test
  void aCostThatCannotBeToldIsNotZero() {
    Ledger free = new Ledger(null);
    free.asked(answer("yes"));
    assertThat(free.spending().cost()).isEmpty();
    assertThat(free.spending().shownCost()).isEqualTo("unsupported (no price is given)");

    ledger.asked(new Completion(null, answer("yes").choices(), null));
    assertThat(ledger.spending().cost()).isEmpty();
    assertThat(ledger.spending().shownCost()).contains("unsupported", "1 answers");
  }

  @Test
  void anEstimateSendsNothing() {
    CompletionCache cache = new CompletionCache(directory);
    cache.keep(BASE, request("known"), answer("yes"));
    Sampling long8 = new Sampling(null, null, 8, 2, null, null, null);
    List<ChatMessage> messages = List.of(ChatMessage.user("one two three"));
    List<ChatRequest> bounded =
        List.of(
            request("known"),
            new ChatRequest("tiny", messages, long8),
            new ChatRequest("tiny", messages, long8));
    PromptCounter words = all -> all.get(0).content().split(" ").length;

    Estimate estimate = Estimate.of(BASE, bounded, cache, words, new Price(1e6, 1e7));
    assertThat(estimate.requests()).isEqualTo(1);
    assertThat(estimate.cached()).isEqualTo(2);
    assertThat(estimate.promptTokens()).hasValue(3);
    assertThat(estimate.mostCompletionTokens()).hasValue(16);
    assertThat(estimate.leastCost()).hasValue(3);
    assertThat(estimate.mostCost()).hasValue(163);
    assertThat(estimate.shown()).contains("requests: 1", "0 to 16", "3.000000 to 163.000000");

    Estimate open = Estimate.of(BASE, List.of(request("new")), cache, null, null);
    assertThat(open.promptTokens()).isEmpty();
    assertThat(open.shown()).contains("tokenizer is not known", "maxTokens", "no price");
  }

  @Test
  void attemptsThatBrokeOffMakeTheCostALeastOne() throws IOException {
    try (FakeTeacher server = new FakeTeacher()) {
      server.then(
          FakeTeacher.breaksOff("{"),
          FakeTeacher.status(500, ""),
          FakeTeacher.status(200, "{\"choices\""));
      ChatServer known = server.chatServer();
      ChatClient client = new ChatClient(known, RateLimit.NONE, ledger);
      new CachedTeacher(known.base(), client, new CompletionCache(directory), ledger)
          .complete(request("Sky?"));
    }

    assertThat(ledger.spending().brokenOff()).isEqualTo(2);
    assertThat(ledger.spending().shownCost()).startsWith("at least 0.0000").contains("2 attempts");
  }

  @Test
  void halvesOfPairsAreKept() {
    CachedTeacher teacher = teacher(request -> answer("half \ud83d, whole \ud83d\ude00"));

    Completion first = teacher.complete(request("Sky?"));
    assertThat(first.first().content()).isEqualTo("half \ufffd, whole \ud83d\ude00");
    assertThat(teacher.complete(request("Sky?"))).isEqualTo(first);
    assertThat(ledger.spending().cached()).isEqualTo(1);
  }

  /** One request fails for good while another waits for its turn. */
  @Test
  void afterAFailureNothingThatWaitsIsBegun() throws IOException {
    try (FakeTeacher server = new FakeTeacher()) {
      CountDownLatch refused = new CountDownLatch(1);
      CountDownLatch waiting = new CountDownLatch(1);
      server.then(
          FakeTeacher.status(500, "", "Retry-After", "1"),
          FakeTeacher.status(500, "", "Retry-After", "1"));
      Pauses held =
          new Pauses() {
            @Override
            public long nanos() {
              return 0;
            }

            @Override
            public void sleep(Duration pause) throws InterruptedException {
              waiting.countDown();
              refused.await();
            }
          };
      ChatClient client = new ChatClient(server.chatServer(), RateLimit.NONE, held);
      TextTeacher teacher =
          new TextTeacher() {
            @Override
            public Completion complete(ChatRequest request) {
              return complete(request, () -> false);
            }

            @Override
            public Completion complete(ChatRequest request, BooleanSupplier unwanted) {
              if (request.messages().get(0).content().equals("wrong")) {
                await(waiting);
                throw new ChatUnreachableException("gone");
              }
              return client.complete(request, unwanted);
            }
          };
      Thread release =
          new Thread(
              () -> {
                await(waiting);
                sleepBriefly();
                refused.countDown();
              });
      release.start();

      assertThatThrownBy(
              () -> new ChatBatch(teacher, 2).complete(List.of(request("a"), request("wrong"))))
          .isInstanceOf(ChatUnreachableException.class);
      assertThat(server.requests()).isEqualTo(1);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sleepBriefly() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
