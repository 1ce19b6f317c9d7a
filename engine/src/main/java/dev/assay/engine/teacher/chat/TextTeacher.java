package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.BadInputException;

/** A teacher that only writes text: a server, or a model of one's own. */
@FunctionalInterface
public interface TextTeacher {
  /**
   * Answers a request; several threads may ask at a time.
   *
   * @throws BadInputException if there will be no answer; the message says why
   */
  Completion complete(ChatRequest request);
}
