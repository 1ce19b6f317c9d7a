package dev.assay.harness.cli.progress;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long a run will still take: the estimates of the cells to come, corrected by how far off
 * those of the cells that are done were.
 */
final class RemainingTime {
  private final Map<String, Double> toCome;
  private double estimatedOfDone;
  private double secondsOfDone;
  private double current;

  /**
   * @param estimates seconds of each cell by its id
   */
  RemainingTime(Map<String, Double> estimates) {
    this.toCome = new LinkedHashMap<>(estimates);
  }

  /** A cell need not be run. */
  synchronized void skipped(String cell) {
    toCome.remove(cell);
  }

  synchronized void began(String cell) {
    Double estimate = toCome.remove(cell);
    current = estimate == null ? 0 : estimate;
  }

  synchronized void ended(Duration took) {
    estimatedOfDone += current;
    secondsOfDone += took.toMillis() / 1e3;
    current = 0;
  }

  /**
   * The time that remains.
   *
   * @param inCurrent time since the cell at work began
   */
  synchronized Optional<Duration> remaining(Duration inCurrent) {
    double correction = estimatedOfDone > 0 ? secondsOfDone / estimatedOfDone : 1;
    double ofCurrent = Math.max(0, current * correction - inCurrent.toMillis() / 1e3);
    double ofOthers = correction * toCome.values().stream().mapToDouble(Double::doubleValue).sum();
    return Optional.of(Duration.ofSeconds(Math.round(ofCurrent + ofOthers)));
  }
}
