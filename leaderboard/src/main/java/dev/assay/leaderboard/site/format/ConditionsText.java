package dev.assay.leaderboard.site.format;

import dev.assay.leaderboard.result.Conditions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What went on while a figure was taken, in one line. */
public final class ConditionsText {
  private ConditionsText() {}

  /** The line; empty where nothing was watched. */
  public static String of(@Nullable Conditions conditions) {
    if (conditions == null) {
      return "";
    }
    List<String> parts = new ArrayList<>();
    Double waiting = conditions.waiting();
    if (waiting != null) {
      parts.add("tasks waited " + Ratios.percent(waiting) + " of the time");
    }
    Double others = conditions.otherWork();
    if (others != null) {
      parts.add(String.format(Locale.ROOT, "other work took %.2f processors", others));
    }
    Double stolen = conditions.stolen();
    if (stolen != null) {
      parts.add("stolen " + Ratios.percent(stolen));
    }
    Double clock = conditions.clock();
    if (clock != null) {
      parts.add("clock down to " + Ratios.percent(clock));
    }
    Long throttles = conditions.throttles();
    if (throttles != null) {
      parts.add("throttled " + throttles + " times");
    }
    if (parts.isEmpty()) {
      parts.add("the machine tells nothing of other work");
    }
    if (conditions.attempts() > 1) {
      parts.add("the calmest of " + conditions.attempts() + " attempts");
    }
    return String.join(", ", parts);
  }
}
