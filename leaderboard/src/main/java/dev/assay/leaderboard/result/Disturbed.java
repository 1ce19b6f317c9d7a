package dev.assay.leaderboard.result;

import org.jspecify.annotations.Nullable;

/** What figures, ceilings and roofline points have in common that may be disturbed. */
final class Disturbed {
  private Disturbed() {}

  static void requireReason(String name, @Nullable String disturbed) {
    if (disturbed != null && disturbed.isBlank()) {
      throw new IllegalArgumentException(name + ": disturbed without a reason");
    }
  }
}
