package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.BadInputException;

/**
 * A server gave no usable answer in all attempts. What was answered before is in the cache, so that
 * a later run goes on from there.
 */
public final class ChatUnreachableException extends BadInputException {
  private static final long serialVersionUID = 1L;

  ChatUnreachableException(String message) {
    super(message);
  }
}
