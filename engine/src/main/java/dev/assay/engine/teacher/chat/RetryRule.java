package dev.assay.engine.teacher.chat;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;

/** Which refusals are worth another attempt, and how long the server asks to wait before it. */
final class RetryRule {
  private static final Set<Integer> PASSING = Set.of(408, 409, 429);
  private static final int SERVER_FAULT = 500;

  private RetryRule() {}

  /** Whether the protocol has a request tried again: by its status, or by what the server says. */
  static boolean byProtocol(ServerReply reply) {
    String asked = reply.header("x-should-retry").orElse("").strip();
    if (asked.equals("true") || asked.equals("false")) {
      return Boolean.parseBoolean(asked);
    }
    return PASSING.contains(reply.status()) || reply.status() >= SERVER_FAULT;
  }

  /**
   * Whether another attempt can succeed. A used-up quota comes with the status of a rate that is
   * too high, and openai-python waits and asks again; the account will be as empty then.
   */
  static boolean worthwhile(ServerReply reply) {
    return byProtocol(reply) && !ServerError.of(reply.body()).quotaIsUsedUp();
  }

  /**
   * How long the server asks to wait: {@code retry-after-ms}, else {@code retry-after} in seconds
   * or as a date. A date is held against the {@code Date} of the answer, so that a clock of ours
   * that is wrong does not matter; against our own where there is none.
   */
  static Optional<Duration> delay(ServerReply reply, Instant now) {
    Optional<Duration> millis =
        reply.header("retry-after-ms").flatMap(text -> scaled(text, 1_000_000));
    if (millis.isPresent()) {
      return millis;
    }
    Optional<String> after = reply.header("retry-after");
    Optional<Duration> seconds = after.flatMap(text -> scaled(text, 1_000_000_000));
    if (seconds.isPresent()) {
      return seconds;
    }
    Instant from = reply.header("date").flatMap(RetryRule::date).orElse(now);
    return after
        .flatMap(RetryRule::date)
        .map(until -> Duration.between(from, until))
        .filter(wait -> !wait.isNegative());
  }

  private static Optional<Duration> scaled(String number, double nanos) {
    try {
      double value = Double.parseDouble(number.strip());
      // Rounding stops at some three hundred years, for which nobody waits either.
      return value >= 0
          ? Optional.of(Duration.ofNanos(Math.round(value * nanos)))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> date(String text) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip())));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
