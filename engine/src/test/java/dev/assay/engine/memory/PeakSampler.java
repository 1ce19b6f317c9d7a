package dev.assay.engine.memory;

import java.util.concurrent.atomic.AtomicLong;

/** Watches the anonymous memory of this process from a thread of its own. */
final class PeakSampler implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 4;

  private final AtomicLong peak = new AtomicLong();
  private final Thread thread = new Thread(this::watch, "peak-sampler");

  PeakSampler() {
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    try {
      while (true) {
        peak.accumulateAndGet(ProcessMemory.now().anonymous(), Math::max);
        Thread.sleep(INTERVAL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The most since the last call. */
  long take() {
    return Math.max(peak.getAndSet(0), ProcessMemory.now().anonymous());
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
