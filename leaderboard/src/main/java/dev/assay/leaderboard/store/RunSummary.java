package dev.assay.leaderboard.store;

import java.time.Instant;

/**
 * One run as the index knows it.
 *
 * @param run identifier
 * @param suite name of the suite
 * @param succeeded cells that succeeded
 * @param failed cells that failed
 * @param startedAt when work on its first cell began
 * @param finishedAt when work on its last cell ended
 */
public record RunSummary(
    String run, String suite, int succeeded, int failed, Instant startedAt, Instant finishedAt) {}
