package dev.assay.engine.quantize;

import java.util.Optional;

/**
 * Groups whose weights have one sign, on a grid that leaves part of its codes unused for them: one
 * side of a symmetric grid, or the codes between 0 and the nearest weight on AWQ's. The published
 * codes fit such grids and so do the methods here, but they say so.
 */
public final class OneSidedGroups {
  private OneSidedGroups() {}

  /** What to say of a linear, nothing if it has no such group. */
  public static Optional<String> note(long count, long groups) {
    return count == 0
        ? Optional.empty()
        : Optional.of(
            count
                + " of "
                + groups
                + " groups hold one sign only, for which the grid leaves codes unused");
  }
}
