package dev.assay.engine.teacher.chat;

/** An answer that is not what the protocol says; another attempt may bring a better one. */
final class MalformedReplyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedReplyException(String message) {
    super(message);
  }
}
