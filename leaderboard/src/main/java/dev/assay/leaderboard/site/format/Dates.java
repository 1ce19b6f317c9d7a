package dev.assay.leaderboard.site.format;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Points and spans of time; always UTC. */
public final class Dates {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Dates() {}

  /** For example {@code 2026-11-23 09:14 UTC}. */
  public static String minute(Instant instant) {
    return MINUTE.format(instant);
  }

  /** For example {@code 2026-11-23}. */
  public static String day(Instant instant) {
    return DAY.format(instant);
  }

  /** For example {@code 4 min 10 s}, or {@code 20.4 s} below a minute. */
  public static String span(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }
    if (seconds < 3600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
