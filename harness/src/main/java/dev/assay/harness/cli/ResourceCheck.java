package dev.assay.harness.cli;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.hub.HubState;
import dev.assay.harness.run.need.ByteCount;
import dev.assay.harness.run.need.Capacity;
import dev.assay.harness.run.need.SuiteNeed;
import dev.assay.harness.run.need.SuiteNeed.Shortage;
import java.util.Collection;
import java.util.List;

/** Refuses what does not fit on the machine, before anything begins. */
final class ResourceCheck {
  private static final String ADVICE =
      "nothing was started; leave cells out with --cell, or run nevertheless with --force";

  private ResourceCheck() {}

  /**
   * Checks cells.
   *
   * @throws BadInputException if one does not fit
   */
  static void require(SuiteNeed need, Capacity capacity) {
    List<Shortage> shortages = need.shortages(capacity);
    if (shortages.isEmpty()) {
      return;
    }
    Shortage first = shortages.get(0);
    int others = shortages.size() - 1;
    throw new BadInputException(
        "cell %s: %s%s; %s"
            .formatted(
                first.cell(),
                first.what(),
                others == 0
                    ? ""
                    : "; %d other cell%s do%s not fit either"
                        .formatted(others, others == 1 ? "" : "s", others == 1 ? "es" : ""),
                ADVICE));
  }

  /**
   * Checks downloads.
   *
   * @param models models on the hub
   * @param free bytes on the disk that they go to
   * @throws BadInputException if there is no room for them
   */
  static void requireForDownloads(Collection<HubState> models, long free) {
    long bytes = downloads(models);
    if (bytes > free) {
      throw new BadInputException(
          "models to download: need %s of disk, %s are free; %s"
              .formatted(ByteCount.of(bytes), ByteCount.of(free), ADVICE));
    }
  }

  static long downloads(Collection<HubState> models) {
    return models.stream()
        .mapToLong(state -> state instanceof HubState.ToDownload wanted ? wanted.bytes() : 0)
        .sum();
  }
}
