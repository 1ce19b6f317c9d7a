package dev.assay.engine.hub;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A body of an answer that is closed when no byte has come for a while. */
final class StallGuard extends FilterInputStream implements Closeable {
  private final ScheduledExecutorService clock;
  private final Duration limit;
  private volatile long lastMoved = System.nanoTime();
  private volatile boolean stalled;

  StallGuard(InputStream body, Duration limit) {
    super(body);
    this.limit = limit;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "hub-stall-guard");
              thread.setDaemon(true);
              return thread;
            });
    long step = Math.max(1, limit.toMillis() / 4);
    var unused = clock.scheduleAtFixedRate(this::look, step, step, TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (System.nanoTime() - lastMoved > limit.toNanos()) {
      stalled = true;
      try {
        in.close();
      } catch (IOException e) {
        // The reader learns of the stall by its own exception.
        stalled = true;
      }
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      int count = in.read(buffer, offset, length);
      lastMoved = System.nanoTime();
      if (count < 0 && stalled) {
        throw new IOException("closed");
      }
      return count;
    } catch (IOException e) {
      if (stalled) {
        throw TransientException.refused("no byte came for " + limit.toSeconds() + " s", null);
      }
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    clock.shutdownNow();
    super.close();
  }
}
