package dev.assay.engine.teacher.chat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The passing of time, so that tests need not wait. */
interface Pauses {
  /** The time of this machine. */
  Pauses REAL =
      new Pauses() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void sleep(Duration pause) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        }
      };

  /** Nanoseconds since some moment. */
  long nanos();

  void sleep(Duration pause) throws InterruptedException;

  /** Sleeps; who is interrupted stops with an error, and stays interrupted. */
  default void pause(Duration pause) {
    try {
      sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the teacher", e);
    }
  }
}
