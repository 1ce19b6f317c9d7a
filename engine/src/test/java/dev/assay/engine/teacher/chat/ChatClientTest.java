package dev.assay.engine.teacher.chat;

import static dev.assay.engine.fixture.FakeTeacher.answer;
import static dev.assay.engine.fixture.FakeTeacher.breaksOff;
import static dev.assay.engine.fixture.FakeTeacher.error;
import static dev.assay.engine.fixture.FakeTeacher.stalls;
import static dev.assay.engine.fixture.FakeTeacher.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpHandler;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.fixture.FakeTeacher;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a client makes of a server's faults. */
class ChatClientTest {
  private static final ChatRequest REQUEST =
      new ChatRequest("tiny", List.of(ChatMessage.user("Sky?")), Sampling.OF_THE_SERVER);
  private static final String SPENT = error("requests", "rate_limit_exceeded", "Slow down.");

  private final NotedPauses pauses = new NotedPauses();
  private FakeTeacher teacher;

  @BeforeEach
  void open() throws IOException {
    teacher = new FakeTeacher();
  }

  @AfterEach
  void close() {
    teacher.close();
  }

  private Completion ask(HttpHandler... faults) {
    teacher.then(faults);
    return new ChatClient(teacher.chatServer(), RateLimit.NONE, pauses).complete(REQUEST);
  }

  private Completion stream(HttpHandler... faults) {
    teacher.then(faults);
    return new ChatClient(teacher.chatServer().streaming(), RateLimit.NONE, pauses)
        .complete(REQUEST);
  }

  private static void refused(ThrowingCallable asking, String... words) {
    assertThatThrownBy(asking)
        .isInstanceOf(BadInputException.class)
        .hasMessageContainingAll(words)
        .satisfies(ChatClientTest::keepsTheKey);
  }

  private static void keepsTheKey(Throwable thrown) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      assertThat(each.toString()).doesNotContain(FakeTeacher.KEY);
    }
  }

  @Test
  void anAnswerComesWithItsModelAndCounts() {
    Completion completion = ask();

    assertThat(completion.first().content()).isEqualTo("Blue.");
    assertThat(completion.first().finishReason()).isEqualTo(Choice.STOP);
    assertThat(completion.model()).isEqualTo("tiny-2024");
    assertThat(completion.usage()).isEqualTo(new Usage(7, 2));
    assertThat(teacher.keys()).containsExactly("Bearer " + FakeTeacher.KEY);
    assertThat(pauses.slept()).isEmpty();
  }

  @Test
  void aBusyServerIsAskedAgainWhenItSays() {
    String now =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.now().atOffset(ZoneOffset.UTC));
    String later =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Instant.now().plusSeconds(9).atOffset(ZoneOffset.UTC));

    ask(
        status(429, SPENT, "Retry-After", "3"),
        status(429, SPENT, "Retry-After-Ms", "750", "Retry-After", "50"),
        status(429, SPENT, "Retry-After", later, "Date", now));

    assertThat(pauses.slept().subList(0, 2))
        .containsExactly(Duration.ofSeconds(3), Duration.ofMillis(750));
    assertThat(pauses.slept().get(2)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10));
    assertThat(teacher.requests()).isEqualTo(4);
    assertThat(teacher.bodies()).containsOnly(teacher.bodies().get(0));
  }

  @Test
  void pausesOfOurOwnGrow() {
    ask(status(500, ""), status(500, ""), status(500, ""));

    assertThat(pauses.slept()).hasSize(3);
    for (int i = 0; i < 3; i++) {
      long whole = Duration.ofMillis(4L << i).toNanos();
      assertThat(pauses.slept().get(i).toNanos()).isBetween(whole * 3 / 4, whole);
    }
  }

  @Test
  void aWaitTooLongEndsTheRun() {
    refused(
        () -> ask(status(429, SPENT, "Retry-After", "86400")),
        "429",
        "Slow down.",
        "86400.0 s",
        "60.0 s");
    refused(() -> ask(status(429, SPENT, "Retry-After", "1e300")), "429");
    assertThat(teacher.requests()).isEqualTo(2);
    assertThat(pauses.slept()).isEmpty();
  }

  @Test
  void aUsedUpQuotaIsNoMatterOfTime() {
    String spent = error("insufficient_quota", "insufficient_quota", "Nothing left.");

    refused(() -> ask(status(429, spent)), "429", "quota", "Nothing left.");
    assertThat(teacher.requests()).isEqualTo(1);
  }

  @Test
  void aServerMaySayThatAskingAgainIsNoUse() {
    refused(() -> ask(status(503, "", "x-should-retry", "false")), "503");
    assertThat(teacher.requests()).isEqualTo(1);

    assertThat(ask(status(400, "", "x-should-retry", "true")).first().content()).isEqualTo("Blue.");
  }

  @Test
  void aPageInPlaceOfJsonPasses() {
    HttpHandler page = status(503, "<html>Service unavailable</html>", "Content-Type", "text/html");

    assertThat(ask(page, page).first().content()).isEqualTo("Blue.");
  }

  @Test
  void answersThatAreNoneAreAskedForAgain() {
    Completion completion =
        ask(
            status(200, "{\"choices\": ["),
            status(200, "{\"choices\": []}"),
            status(200, error("server_error", "", "Odd.")));

    assertThat(completion.first().content()).isEqualTo("Blue.");
    refused(
        () ->
            ask(
                status(200, "no JSON"),
                status(200, ""),
                status(200, "[]"),
                status(200, "{\"choices\": [{}]}")),
        "choice without a message",
        "4 times");
  }

  @Test
  void connectionsThatBreakOffAreMadeAgain() {
    assertThat(ask(breaksOff("{\"model\""), stalls()).first().content()).isEqualTo("Blue.");
  }

  @Test
  void streamsThatBreakOffAreAskedForAgain() {
    String begun =
        "data: {\"model\": \"m\", \"choices\": [{\"index\": 0, \"delta\": {\"content\": \"Bl\"}}]}\n\n";
    String rest =
        "data: {\"choices\": [{\"index\": 0, \"delta\": {\"content\": \"ue\"}, \"finish_reason\":"
            + " \"stop\"}]}\n\n";
    String failed = "data: " + error("server_error", "", "Odd.") + "\n\n";

    Completion completion =
        stream(
            status(200, begun),
            status(200, begun + "data: {\"choices\"\n\n"),
            status(200, begun + failed),
            status(200, begun + rest + "data: [DONE]\n\n"));

    assertThat(completion.first().content()).isEqualTo("Blue");
    assertThat(completion.first().finishReason()).isEqualTo("stop");
    assertThat(teacher.bodies()).allMatch(body -> body.contains("\"include_usage\":true"));
    refused(() -> stream(breaksOff(begun), breaksOff(""), stalls(), status(200, begun)), "[DONE]");
  }

  @Test
  void aWrongModelIsNamed() {
    refused(
        () -> ask(status(404, error("invalid_request_error", "model_not_found", "No model."))),
        "404",
        "'tiny'",
        "No model.",
        teacher.base());
    assertThat(teacher.requests()).isEqualTo(1);
  }

  @Test
  void aRequestThatIsWrongIsNotRepeated() {
    refused(
        () -> ask(status(400, error("invalid_request_error", "", "temperature is too high"))),
        "400",
        "temperature is too high");
    assertThat(teacher.requests()).isEqualTo(1);
  }

  @Test
  void aWrongKeyIsNotShown() {
    String repeated = error("", "invalid_api_key", "Wrong key " + FakeTeacher.KEY + ".");

    refused(() -> ask(status(401, repeated)), "401", "TEACHER_KEY", "invalid_api_key");
    refused(() -> ask(status(400, repeated)), "400", "Wrong key [key].");
    refused(() -> ask(status(400, repeated.replace("/", "\\/"))), "Wrong key [key].");
  }

  @Test
  void noLogHasTheKey() {
    Logger log = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      ask(status(500, error("", "", "Who is " + FakeTeacher.KEY.replace("/", "\\/") + "?")));
    } finally {
      log.detachAppender(lines);
    }

    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line -> line.contains("Who is [key]?"))
        .noneMatch(line -> line.contains(FakeTeacher.KEY));
  }

  @Test
  void noAnswerRepeatsTheKey() {
    String escaped = FakeTeacher.KEY.replace("/", "\\/");

    assertThat(ask(answer("It is " + FakeTeacher.KEY)).first().content()).isEqualTo("It is [key]");
    assertThat(ask(answer("It is " + escaped)).first().content()).isEqualTo("It is [key]");
  }

  @Test
  void withoutAKeyNothingIsSentForOne() {
    ChatServer open = ChatServer.at(teacher.base(), ApiKey.none());
    assertThat(new ChatClient(open, RateLimit.NONE, pauses).complete(REQUEST).first().content())
        .isNotNull();
    assertThat(teacher.keys()).containsExactly("");

    teacher.then(status(401, ""));
    refused(
        () -> new ChatClient(open, RateLimit.NONE, pauses).complete(REQUEST),
        "401",
        "no key was sent");
  }

  @Test
  void redirectsAreNotFollowed() {
    refused(
        () -> ask(status(307, "", "Location", "http://127.0.0.1:9/v1/chat/completions")), "307");
    assertThat(teacher.requests()).isEqualTo(1);
  }

  @Test
  void nobodyThereIsSaidSo() {
    ChatServer gone = teacher.chatServer();
    teacher.close();

    refused(
        () -> new ChatClient(gone, RateLimit.NONE, pauses).complete(REQUEST),
        "no connection",
        "4 times");
  }

  /** Such servers repeat the key in part, which no search for it finds. */
  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void ofAKeyThatIsNotKnownTheServersWordsAreNotShown(int status) {
    String words = "Wrong key " + FakeTeacher.KEY.substring(0, 12) + "***";

    assertThatThrownBy(() -> ask(status(status, error("", "invalid_api_key", words))))
        .hasMessageContainingAll("" + status, "invalid_api_key")
        .hasMessageNotContaining("Wrong key")
        .hasMessageNotContaining("sk-very");
  }

  /** Servers that want no key are given a word, which answers have in them too. */
  @ParameterizedTest
  @ValueSource(strings = {"EMPTY", "none", "role", "stop", "choices", "content"})
  void aKeyThatIsAWordLeavesAnswersAlone(String word) {
    ApiKey key = ApiKey.fromEnvironment(Map.of("TEACHER_KEY", word), "TEACHER_KEY");
    ChatServer server = ChatServer.at(teacher.base(), key);
    ChatClient client = new ChatClient(server, RateLimit.NONE, pauses);

    teacher.then(answer("The word is " + word + "."));
    assertThat(client.complete(REQUEST).first().content()).isEqualTo("The word is " + word + ".");
    assertThat(teacher.requests()).isEqualTo(1);
    teacher.then(status(400, error("", "", "Odd word " + word + ".")));
    assertThatThrownBy(() -> client.complete(REQUEST)).hasMessageContaining("Odd word [key].");
  }

  /** Longer than what is shown of a server's words, so that the key stands at their end. */
  @Test
  void noErrorCutsTheKeyInTwo() {
    String words = "a".repeat(290) + " " + FakeTeacher.KEY;

    assertThatThrownBy(() -> ask(status(400, error("", "", words))))
        .hasMessageNotContaining(FakeTeacher.KEY.substring(0, 5));
  }

  @Test
  void noPartOfAnAnswerRepeatsTheKey() {
    String key = FakeTeacher.KEY;
    Completion completion =
        ask(
            status(
                200,
                """
                {"model": "m %1$s", "choices": [{"index": 0, "message": {"content": "%1$s"},
                 "finish_reason": "%1$s", "logprobs": {"content": [{"token": "%1$s",
                 "logprob": -1, "top_logprobs": [{"token": "%1$s", "logprob": -1}]}]}}]}
                """
                    .formatted(key)));

    assertThat(completion.toString()).doesNotContain(key).contains("model=m [key]");
  }

  /** As the limits of most servers are of a minute. */
  @Test
  void aMinuteOfRefusalsIsOutlasted() {
    Patience patience = Patience.DEFAULT;
    Duration sum = Duration.ZERO;
    for (int failures = 1; failures < patience.attempts(); failures++) {
      sum = sum.plus(patience.pause(failures, "request").multipliedBy(3).dividedBy(4));
    }

    assertThat(sum).isGreaterThan(Duration.ofSeconds(60));
    assertThat(sum).isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void aServerThatAsksForNoPauseGetsOurs() {
    ask(status(429, SPENT, "Retry-After", "0"), status(429, SPENT, "Retry-After-Ms", "1"));

    assertThat(pauses.slept().get(0).toNanos()).isBetween(3_000_000L, 4_000_000L);
    assertThat(pauses.slept().get(1).toNanos()).isBetween(6_000_000L, 8_000_000L);
  }

  @Test
  void aStreamWithoutTheEndOfItsAnswerIsAskedForAgain() {
    String begun = "data: {\"choices\": [{\"index\": 0, \"delta\": {\"content\": \"Bl\"}}]}\n\n";
    String rest =
        "data: {\"choices\": [{\"index\": 0, \"delta\": {\"content\": \"ue\"}, \"finish_reason\":"
            + " \"stop\"}]}\n\n";
    String end = "data: [DONE]\n\n";

    Completion completion = stream(status(200, begun + end), status(200, begun + rest + end));

    assertThat(completion.first().content()).isEqualTo("Blue");
    assertThat(teacher.requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"prompt_tokens\": 7.5, \"completion_tokens\": 2",
        "\"prompt_tokens\": 7, \"completion_tokens\": \"2\"",
        "\"prompt_tokens\": 7, \"completion_tokens\": 2.5",
        "\"prompt_tokens\": 7"
      })
  void countsThatAreNoneAreNotCounted(String usage) {
    String body =
        "{\"choices\": [{\"index\": 0, \"message\": {\"content\": \"Blue.\"}}], \"usage\": {%s}}";

    assertThat(ask(status(200, body.formatted(usage))).usage()).isNull();
  }
}
