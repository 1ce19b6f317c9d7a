package dev.assay.harness.run.need;

import dev.assay.harness.run.need.CellNeed.Known;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What cells need that run one after the other, as against what there is. What they share, an
 * artifact or a synthetic model, counts once; what stays on the disk adds up.
 *
 * @param cells the cells that are to run, in their order
 */
public record SuiteNeed(List<PlannedNeed> cells) {
  public SuiteNeed {
    cells = List.copyOf(cells);
  }

  /**
   * A cell that does not fit.
   *
   * @param cell its name
   * @param what what is missing, in words
   */
  public record Shortage(String cell, String what) {}

  /** The most memory that any takes. */
  public long memory() {
    return cells.stream()
        .mapToLong(each -> each.need() instanceof Known known ? known.memory().peak() : 0)
        .max()
        .orElse(0);
  }

  /** Disk at the worst moment. */
  public long disk() {
    return walk(new ArrayList<>(), Long.MAX_VALUE);
  }

  /** The cells that do not fit, each with what it lacks first. */
  public List<Shortage> shortages(Capacity capacity) {
    List<Shortage> found = new ArrayList<>();
    Map<String, Shortage> byCell = new HashMap<>();
    for (PlannedNeed each : cells) {
      memory(each, capacity).ifPresent(shortage -> byCell.put(shortage.cell(), shortage));
    }
    List<Shortage> disk = new ArrayList<>();
    walk(disk, capacity.disk());
    disk.forEach(shortage -> byCell.putIfAbsent(shortage.cell(), shortage));
    for (PlannedNeed each : cells) {
      Shortage shortage = byCell.get(each.cell().name());
      if (shortage != null) {
        found.add(shortage);
      }
    }
    return found;
  }

  private static Optional<Shortage> memory(PlannedNeed each, Capacity capacity) {
    if (!(each.need() instanceof Known known) || known.memory().peak() <= capacity.memory()) {
      return Optional.empty();
    }
    return Optional.of(
        new Shortage(
            each.cell().name(),
            "needs about %s of memory (%s), %s are available"
                .formatted(
                    ByteCount.of(known.memory().peak()),
                    known.memory().phase(),
                    ByteCount.of(capacity.memory()))));
  }

  /** Goes through the cells and notes those at which more than a room would be taken. */
  private long walk(List<Shortage> shortages, long room) {
    Map<String, Long> kept = new HashMap<>();
    long peak = 0;
    for (PlannedNeed each : cells) {
      if (!(each.need() instanceof Known known)) {
        continue;
      }
      DiskNeed disk = known.disk();
      kept.putIfAbsent("model " + each.model(), disk.model());
      boolean fresh = disk.artifact() > 0 && !kept.containsKey(each.artifact());
      if (fresh) {
        kept.put(each.artifact(), disk.artifact());
      }
      long now = kept.values().stream().mapToLong(Long::longValue).sum();
      now += fresh ? disk.passing() : 0;
      peak = Math.max(peak, now);
      if (now > room) {
        shortages.add(
            new Shortage(
                each.cell().name(),
                "needs about %s of disk, cells before it included, %s are free"
                    .formatted(ByteCount.of(now), ByteCount.of(room))));
      }
    }
    return peak;
  }
}
