package dev.assay.engine.teacher.chat;

import dev.assay.engine.config.BadInputException;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** A teacher that only writes text: a server, or a model of one's own. */
@FunctionalInterface
public interface TextTeacher {
  /**
   * Answers a request; several threads may ask at a time.
   *
   * @throws BadInputException if there will be no answer; the message says why
   */
  Completion complete(ChatRequest request);

  /**
   * Answers a request that may no longer be wanted when its turn comes. A teacher that lets
   * requests wait asks again before it begins one.
   *
   * @param unwanted whether no further request is to be begun
   * @throws CancellationException if it was not begun for that reason
   */
  default Completion complete(ChatRequest request, BooleanSupplier unwanted) {
    if (unwanted.getAsBoolean()) {
      throw new CancellationException("the answer is no longer wanted");
    }
    return complete(request);
  }
}
