package dev.assay.engine.teacher.chat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Time that passes by sleeping only, and at once. */
final class NotedPauses implements Pauses {
  private final List<Duration> slept = new ArrayList<>();
  private long now;

  @Override
  public synchronized long nanos() {
    return now;
  }

  @Override
  public synchronized void sleep(Duration pause) {
    slept.add(pause);
    now += pause.toNanos();
  }

  synchronized List<Duration> slept() {
    return List.copyOf(slept);
  }
}
