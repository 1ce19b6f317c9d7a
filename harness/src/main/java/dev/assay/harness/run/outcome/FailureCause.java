package dev.assay.harness.run.outcome;

import ai.djl.engine.EngineException;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.quantize.NonFiniteValueException;
import dev.assay.engine.quantize.NotPositiveDefiniteException;
import dev.assay.harness.measure.latency.LatencyException;
import dev.assay.harness.measure.perplexity.NotFiniteException;
import dev.assay.harness.process.ProcessDiedException;
import dev.assay.leaderboard.result.Failure;
import java.util.Locale;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** Puts what was thrown into the words of a result. */
public final class FailureCause {
  private FailureCause() {}

  /**
   * The failure that an exception stands for.
   *
   * @param stage where it was thrown
   */
  public static Failure of(String stage, Throwable thrown) {
    String message = thrown.getMessage();
    return new Failure(
        stage,
        kind(thrown),
        message == null ? thrown.getClass().getSimpleName() : firstParagraph(message),
        ExceptionUtils.getStackTrace(thrown));
  }

  /** The same failure, when the kernel is known to have killed a process for want of memory. */
  public static Failure outOfMemory(Failure failure) {
    return failure.kind().equals("ProcessKilled")
        ? new Failure(
            failure.stage(),
            "OutOfMemory",
            "the kernel killed the process for want of memory: " + failure.message(),
            failure.detail())
        : failure;
  }

  private static String kind(Throwable thrown) {
    if (thrown instanceof OutOfMemoryError || isNativeOutOfMemory(thrown)) {
      return "OutOfMemory";
    } else if (thrown instanceof BadCheckpointException) {
      return "BadCheckpoint";
    } else if (thrown instanceof BadInputException) {
      return "BadInput";
    } else if (thrown instanceof NotPositiveDefiniteException) {
      return "NotPositiveDefinite";
    } else if (thrown instanceof NonFiniteValueException || thrown instanceof NotFiniteException) {
      return "NotFinite";
    } else if (thrown instanceof ProcessDiedException died) {
      return died.killed() ? "ProcessKilled" : "ProcessDied";
    } else if (thrown instanceof LatencyException) {
      return "ProcessDied";
    } else if (thrown instanceof UnsupportedTargetException) {
      return "Unsupported";
    }
    return thrown.getClass().getSimpleName();
  }

  /** libtorch's allocator has no exception type of its own. */
  private static boolean isNativeOutOfMemory(Throwable thrown) {
    String message = thrown instanceof EngineException ? thrown.getMessage() : null;
    return message != null
        && (message.contains("can't allocate memory")
            || message.toLowerCase(Locale.ROOT).contains("out of memory"));
  }

  private static String firstParagraph(String message) {
    return message.strip().split("\n\\s*\n", 2)[0];
  }
}
