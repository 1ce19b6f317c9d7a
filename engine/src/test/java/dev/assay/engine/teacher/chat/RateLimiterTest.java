package dev.assay.engine.teacher.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.fixture.FakeTeacher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No minute takes more than its share. */
class RateLimiterTest {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final NotedPauses pauses = new NotedPauses();

  @Test
  void withoutALimitNobodyWaits() {
    RateLimiter limiter = new RateLimiter(RateLimit.NONE, pauses);
    for (int i = 0; i < 1000; i++) {
      limiter.enter(1_000_000, () -> false);
    }
    assertThat(pauses.slept()).isEmpty();
  }

  @Test
  void noMinuteHasMoreRequests() {
    RateLimiter limiter = new RateLimiter(new RateLimit(3, null), pauses);
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      limiter.enter(1, () -> false);
      times.add(pauses.nanos());
      pauses.sleep(Duration.ofSeconds(3L * (i % 4)));
    }
    for (int i = 3; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 3)).isGreaterThanOrEqualTo(MINUTE);
    }
  }

  @Test
  void noMinuteHasMoreTokens() {
    RateLimiter limiter = new RateLimiter(new RateLimit(null, 100L), pauses);
    List<Long> times = new ArrayList<>();
    List<Integer> tokens = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int each = 7 + i * 13 % 41;
      limiter.enter(each, () -> false);
      times.add(pauses.nanos());
      tokens.add(each);
    }
    for (int i = 0; i < times.size(); i++) {
      long sum = 0;
      for (int j = 0; j <= i; j++) {
        sum += times.get(i) - times.get(j) < MINUTE ? tokens.get(j) : 0;
      }
      assertThat(sum).isLessThanOrEqualTo(100);
    }
  }

  @Test
  void whatATurnsOutToTakeCounts() {
    RateLimiter limiter = new RateLimiter(new RateLimit(null, 100L), pauses);
    limiter.enter(90, () -> false).settle(10);
    limiter.enter(90, () -> false);
    assertThat(pauses.slept()).isEmpty();

    limiter.enter(1, () -> false);
    assertThat(pauses.slept()).containsExactly(Duration.ofMinutes(1));
  }

  @Test
  void oneThatIsTooLargeGoesAlone() {
    RateLimiter limiter = new RateLimiter(new RateLimit(null, 100L), pauses);
    limiter.enter(500, () -> false);
    assertThat(pauses.slept()).isEmpty();
    limiter.enter(500, () -> false);
    assertThat(pauses.slept()).containsExactly(Duration.ofMinutes(1));
  }

  /** Those that wait give up at once, and not one each minute. */
  @Test
  void afterAFailureNobodyTakesAPlace() throws Exception {
    try (FakeTeacher teacher = new FakeTeacher()) {
      teacher.then(FakeTeacher.status(401, ""));
      ChatClient client = new ChatClient(teacher.chatServer(), new RateLimit(1, null), pauses);
      List<ChatRequest> many = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        many.add(
            new ChatRequest(
                "tiny", List.of(ChatMessage.user("Sky " + i + "?")), Sampling.OF_THE_SERVER));
      }
      assertThatThrownBy(() -> new ChatBatch(client, 1).complete(many))
          .isInstanceOf(ChatRefusedException.class);
      assertThat(pauses.slept()).isEmpty();
      assertThat(teacher.requests()).isOne();
    }
  }

  @Test
  void attemptsThatFailCountToo() throws Exception {
    try (FakeTeacher teacher = new FakeTeacher()) {
      teacher.then(FakeTeacher.status(500, ""));
      ChatClient client = new ChatClient(teacher.chatServer(), new RateLimit(1, null), pauses);
      client.complete(
          new ChatRequest("tiny", List.of(ChatMessage.user("Sky?")), Sampling.OF_THE_SERVER));
      assertThat(pauses.slept()).hasSize(2);
      assertThat(pauses.nanos()).isEqualTo(MINUTE);
    }
  }
}
