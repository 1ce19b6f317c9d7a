package dev.assay.engine.checkpoint.tensor;

import dev.assay.engine.config.BadInputException;

/** A checkpoint that cannot be what it claims; the message names the file and the tensor or key. */
public final class BadCheckpointException extends BadInputException {
  public BadCheckpointException(String message) {
    super(message);
  }

  public BadCheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
