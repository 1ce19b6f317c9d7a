package dev.assay.leaderboard.store;

/** The index cannot be used; the message names the file concerned and says what to do. */
public final class IndexException extends RuntimeException {
  IndexException(String message) {
    super(message);
  }

  IndexException(String message, Throwable cause) {
    super(message, cause);
  }
}
