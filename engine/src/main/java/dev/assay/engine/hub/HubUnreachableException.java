package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;

/** The hub cannot be reached, or breaks off whatever is asked; a copy at hand may do instead. */
public final class HubUnreachableException extends BadInputException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  HubUnreachableException(String message, Throwable cause) {
    super(message, cause);
    this.reason = message;
  }

  /** What was asked for, and what went wrong. */
  public String reason() {
    return reason;
  }
}
