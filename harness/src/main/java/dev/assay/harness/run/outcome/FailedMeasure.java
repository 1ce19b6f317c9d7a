package dev.assay.harness.run.outcome;

import dev.assay.leaderboard.result.Failure;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Provenance;
import dev.assay.leaderboard.result.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Figures that were to be taken and could not be, while the others of their cell stand. */
public final class FailedMeasure {
  private static final String PREFIX = "failed: ";

  private FailedMeasure() {}

  /** The note of an unsupported measurement whose taking failed. */
  public static String note(Failure failure) {
    return PREFIX + failure.message().replaceAll("\\s+", " ");
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
