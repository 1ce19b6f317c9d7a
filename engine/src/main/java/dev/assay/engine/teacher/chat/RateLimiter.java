package dev.assay.engine.teacher.chat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Holds requests back until the last minute has room for them, whichever minute that is. Attempts
 * that fail count too, as servers count them. For any number of threads.
 */
final class RateLimiter {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final RateLimit limit;
  private final Pauses pauses;
  private final Deque<Entry> lastMinute = new ArrayDeque<>();
  private long tokens;

  RateLimiter(RateLimit limit, Pauses pauses) {
    this.limit = limit;
    this.pauses = pauses;
  }

  /** A request that was let through. */
  private static final class Entry {
    private final long time;
    private long tokens;
    private boolean past;

    Entry(long time, long tokens) {
      this.time = time;
      this.tokens = tokens;
    }
  }

  /** What a request that was let through turned out to take. */
  @FunctionalInterface
  interface Settling {
    void settle(long tokens);
  }

  /**
   * Waits for room. A request of more tokens than a minute has is let through by itself.
   *
   * @param expected tokens that it is thought to take
   * @param unwanted whether its answer is not wanted any more
   * @return hears of what it did take
   * @throws CancellationException if it is not, and then no room is taken
   */
  Settling enter(long expected, BooleanSupplier unwanted) {
    while (true) {
      if (unwanted.getAsBoolean()) {
        throw new CancellationException("the answer is no longer wanted");
      }
      Entry entry = new Entry(pauses.nanos(), expected);
      Optional<Duration> wait = tryEnter(entry);
      if (wait.isEmpty()) {
        return took -> settle(entry, took);
      }
      pauses.pause(wait.get());
    }
  }

  private synchronized Optional<Duration> tryEnter(Entry entry) {
    while (!lastMinute.isEmpty() && entry.time - lastMinute.peekFirst().time >= MINUTE) {
      Entry past = lastMinute.removeFirst();
      past.past = true;
      tokens -= past.tokens;
    }
    boolean full = limit.requests() != null && lastMinute.size() >= limit.requests();
    boolean spent = limit.tokens() != null && tokens + entry.tokens > limit.tokens();
    if (!lastMinute.isEmpty() && (full || spent)) {
      return Optional.of(Duration.ofNanos(lastMinute.peekFirst().time + MINUTE - entry.time));
    }
    lastMinute.addLast(entry);
    tokens += entry.tokens;
    return Optional.empty();
  }

  private synchronized void settle(Entry entry, long took) {
    if (!entry.past) {
      tokens += took - entry.tokens;
    }
    entry.tokens = took;
  }
}
