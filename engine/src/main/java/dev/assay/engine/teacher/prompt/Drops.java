package dev.assay.engine.teacher.prompt;

import dev.assay.engine.config.EnumName;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** How much was dropped, by reason. */
public final class Drops {
  private final Map<DropReason, Integer> counts = new EnumMap<>(DropReason.class);

  /** Counts one. */
  public void add(DropReason reason) {
    counts.merge(reason, 1, Integer::sum);
  }

  /** How many were dropped for a reason. */
  public int count(DropReason reason) {
    return counts.getOrDefault(reason, 0);
  }

  /** How many were dropped. */
  public int total() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Those reasons that there were, with their counts. */
  public Map<DropReason, Integer> counts() {
    return Map.copyOf(counts);
  }

  /** For people: {@code 3 (empty 1, similar 2)}. */
  @Override
  public String toString() {
    String reasons =
        counts.entrySet().stream()
            .map(entry -> EnumName.of(entry.getKey()) + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    return total() + (reasons.isEmpty() ? "" : " (" + reasons + ")");
  }
}
