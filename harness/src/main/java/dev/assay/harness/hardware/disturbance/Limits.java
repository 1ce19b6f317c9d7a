package dev.assay.harness.hardware.disturbance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * From where on a measurement counts as disturbed.
 *
 * <p>Tasks that wait are held against the others, not against ourselves: threads of a kernel that
 * outnumber the processors, and a JVM's own threads beside them, make some task wait without
 * anybody else. Other processes can have made us wait for no longer than they ran, so of the two
 * times the shorter counts.
 */
public enum Limits {
  /** For times and rates. */
  OF_TIMES,
  /** For what the machine's counters say of all processes together, such as energy. */
  OF_COUNTERS;

  /** Share of the time that others may make some task wait. */
  public static final double WAITING = 0.10;

  /**
   * Share of all processors' time that others may use even where nobody waits: they share caches,
   * memory and the cores' execution units. The kernel's clock ticks are too coarse for less.
   */
  public static final double OTHER_WORK = 0.20;

  /** Share of the processors' time that a hypervisor may take away. */
  public static final double STOLEN = 0.05;

  /** Lowest clock over the highest. */
  public static final double CLOCK = 0.90;

  /** Processor time of others over that of the measured process, for machine-wide counters. */
  public static final double OTHERS_TO_OWN = 0.10;

  /** How often a disturbed measurement is taken again. */
  public static final int RETAKES = 2;

  /** The limits and what they entail, for protocols. */
  public String description() {
    return String.format(
        Locale.ROOT,
        "taken again up to %d times, then marked, where others made tasks wait more than %.0f %% of"
            + " the time or used more than %.0f %% of the processors%s, more than %.0f %% was stolen,"
            + " the clock fell below %.0f %%, or a processor was throttled",
        RETAKES,
        100 * WAITING,
        100 * OTHER_WORK,
        switch (this) {
          case OF_TIMES -> "";
          case OF_COUNTERS ->
              String.format(
                  Locale.ROOT,
                  " or more than %.0f %% of the measured process's processor time",
                  100 * OTHERS_TO_OWN);
        },
        100 * STOLEN,
        100 * CLOCK);
  }

  /** The limits that were exceeded; none if the measurement was left in peace. */
  public List<Excess> exceeded(Observation seen) {
    List<Excess> all = new ArrayList<>();
    Double waiting = seen.waitingShare();
    Double others = seen.otherProcessors();
    if (waiting != null) {
      double made = others == null ? waiting : Math.min(waiting, others);
      above(
          all,
          made,
          WAITING,
          String.format(
              Locale.ROOT,
              "tasks waited for a processor %.0f %% of the time%s",
              100 * waiting,
              others == null
                  ? ""
                  : String.format(Locale.ROOT, ", with %.2f processors at other work", others)));
    }
    if (others != null && all.isEmpty()) {
      double share = others / seen.processors();
      above(
          all,
          share,
          OTHER_WORK,
          String.format(Locale.ROOT, "other work took %.0f %% of the processors", 100 * share));
    }
    Double own = seen.own();
    if (this == OF_COUNTERS && seen.others() != null && own != null && own > 0) {
      double ratio = Math.max(0, seen.others()) / own;
      above(
          all,
          ratio,
          OTHERS_TO_OWN,
          String.format(
              Locale.ROOT,
              "other work took %.0f %% of the measured process's processor time",
              100 * ratio));
    }
    Double stolen = seen.stolenShare();
    if (stolen != null) {
      above(
          all,
          stolen,
          STOLEN,
          String.format(
              Locale.ROOT, "a hypervisor took %.0f %% of the processors' time", 100 * stolen));
    }
    clock(all, seen.clockRatio());
    Long throttles = seen.throttles();
    if (throttles != null && throttles > 0) {
      all.add(new Excess("processors were throttled " + throttles + " times", 1.0 + throttles));
    }
    return all;
  }

  private static void above(List<Excess> all, double seen, double limit, String what) {
    if (seen > limit) {
      all.add(
          new Excess(
              String.format(Locale.ROOT, "%s (limit %.0f %%)", what, 100 * limit), seen / limit));
    }
  }

  private static void clock(List<Excess> all, @Nullable Double ratio) {
    if (ratio != null && ratio < CLOCK) {
      all.add(
          new Excess(
              String.format(
                  Locale.ROOT,
                  "the clock fell to %.0f %% (limit %.0f %%)",
                  100 * ratio,
                  100 * CLOCK),
              CLOCK / Math.max(ratio, 1e-3)));
    }
  }
}
