package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.BadInputException;

/** A server will not answer a request, however often it is asked. */
public final class ChatRefusedException extends BadInputException {
  private static final long serialVersionUID = 1L;

  private final int status;

  ChatRefusedException(String message, int status) {
    super(message);
    this.status = status;
  }

  /** The status of HTTP that it answered with. */
  public int status() {
    return status;
  }
}
