package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.CellDescription;
import dev.assay.leaderboard.result.Environment;
import dev.assay.leaderboard.result.Result;
import java.util.Optional;

/** Whether two results come from machines whose times can be compared. */
final class SameMachine {
  private SameMachine() {}

  /** What tells the machines apart, in words; empty if nothing does. */
  static Optional<String> difference(Result a, Result b) {
    CellDescription.Target first = a.cell().target();
    CellDescription.Target second = b.cell().target();
    if (!first.device().equals(second.device())) {
      return Optional.of("devices differ: " + first.device() + " and " + second.device());
    }
    if (first.threads() != second.threads()) {
      return Optional.of("threads differ: " + first.threads() + " and " + second.threads());
    }
    Environment here = a.environment();
    Environment there = b.environment();
    if (!here.cpu().name().equals(there.cpu().name())) {
      return Optional.of("CPUs differ: " + here.cpu().name() + " and " + there.cpu().name());
    }
    if (!here.gpus().equals(there.gpus())) {
      return Optional.of("GPUs differ");
    }
    return Optional.empty();
  }
}
