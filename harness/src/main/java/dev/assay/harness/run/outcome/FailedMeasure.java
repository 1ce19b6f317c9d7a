package dev.assay.harness.run.outcome;

import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Figures that were to be taken and could not be, while the others of their cell stand. */
public final class FailedMeasure {
  private static final Logger LOG = LoggerFactory.getLogger(FailedMeasure.class);

  private static final String PREFIX = "failed: ";

  private FailedMeasure() {}

  /** The note of an unsupported measurement whose taking failed. */
  public static String note(Failure failure) {
    return PREFIX + failure.message().replaceAll("\\s+", " ");
  }

  /**
   * The same; where it was thrown, which a result has no place for, is added to a file.
   *
   * @param log a file of the cell's logs; made if it is not there
   */
  public static String note(Failure failure, Path log) {
    try {
      Files.writeString(
          log,
          failure.detail().stripTrailing() + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.warn("{}: cannot be written: {}", log, e.getMessage());
    }
    return note(failure);
  }

  /** What failed in a result, a line for each cause: the metrics and why. */
  public static List<String> of(Result result) {
    Map<String, List<String>> metrics = new LinkedHashMap<>();
    for (Measurement each : result.measurements()) {
      String note = each.note();
      if (each.provenance() == Provenance.UNSUPPORTED && note != null && note.startsWith(PREFIX)) {
        metrics.computeIfAbsent(note, key -> new ArrayList<>()).add(each.metric());
      }
    }
    return metrics.entrySet().stream()
        .map(entry -> String.join(", ", entry.getValue()) + " " + entry.getKey())
        .toList();
  }
}
