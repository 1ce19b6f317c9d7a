package dev.assay.engine.hub;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something failed that may go well the next time. */
final class TransientException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final long REAL_GAIN = 1L << 20;

  private final @Nullable Duration pause;
  private final boolean gotOn;

  private TransientException(
      String message, @Nullable Throwable cause, @Nullable Duration pause, boolean gotOn) {
    super(message, cause);
    this.pause = pause;
    this.gotOn = gotOn;
  }

  /**
   * @param pause time after which the server wants to be asked again; null if it does not say
   */
  static TransientException refused(String message, @Nullable Duration pause) {
    return new TransientException(message, null, pause, false);
  }

  /**
   * @param gained bytes that arrived before the transfer broke off
   */
  static TransientException broken(String message, @Nullable Throwable cause, long gained) {
    return new TransientException(message, cause, null, gained >= REAL_GAIN);
  }

  @Nullable Duration pause() {
    return pause;
  }

  /** Whether so much arrived that the failures before it need not count. */
  boolean gotOn() {
    return gotOn;
  }
}
