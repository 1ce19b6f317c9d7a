package dev.assay.engine.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;

/** Tries again what failed, after longer and longer pauses. */
final class Retries {
  private final RetryPolicy policy;
  private final HubListener listener;
  private boolean connected;

  Retries(RetryPolicy policy, HubListener listener) {
    this.policy = policy;
    this.listener = listener;
  }

  /** Something that may fail. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws IOException;
  }

  /**
   * The outcome of the first attempt that goes well. A hub that was never reached is not asked
   * again, as a machine without a network would only wait.
   *
   * @param what what is asked for, for errors
   * @throws HubUnreachableException if none does
   */
  <T> T run(String what, Attempt<T> attempt) {
    int failures = 0;
    while (true) {
      try {
        T outcome = attempt.run();
        connected = true;
        return outcome;
      } catch (IOException e) {
        boolean connecting =
            e instanceof ConnectException || e instanceof HttpConnectTimeoutException;
        connected |= !connecting;
        failures = e instanceof TransientException failure && failure.gotOn() ? 1 : failures + 1;
        if (failures >= policy.attempts() || !connected) {
          throw new HubUnreachableException(
              what + ": " + reason(e) + ", tried " + times(failures), e);
        }
        Duration pause = pause(e, failures);
        listener.on(new HubEvent.DownloadRetried(what, reason(e), pause));
        sleep(pause);
      }
    }
  }

  private Duration pause(IOException e, int failures) {
    Duration own = policy.pause(failures);
    Duration asked = e instanceof TransientException failure ? failure.pause() : null;
    return asked == null || asked.compareTo(own) < 0 ? own : policy.cap(asked);
  }

  private static String reason(IOException e) {
    if (e instanceof TransientException) {
      return String.valueOf(e.getMessage());
    } else if (e instanceof ConnectException || e instanceof HttpConnectTimeoutException) {
      return "no connection to the hub (" + e.getClass().getSimpleName() + message(e) + ")";
    }
    return e.getClass().getSimpleName() + message(e);
  }

  private static String message(IOException e) {
    return e.getMessage() == null ? "" : ": " + e.getMessage();
  }

  private static String times(int failures) {
    return failures == 1 ? "once" : failures + " times";
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the hub", e);
    }
  }
}
