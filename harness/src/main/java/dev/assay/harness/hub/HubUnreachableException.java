package dev.assay.harness.hub;

import dev.assay.engine.config.BadInputException;

/** The hub cannot be reached, or breaks off whatever is asked; a copy at hand may do instead. */
public final class HubUnreachableException extends BadInputException {
  HubUnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
