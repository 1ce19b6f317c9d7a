package dev.assay.harness.run;

import dev.assay.harness.run.journal.RunDirectory;
import dev.assay.leaderboard.stats.DisturbedCount;

/**
 * How a run ended.
 *
 * @param run where it is
 * @param succeeded cells that succeeded in it, those of a broken-off part included
 * @param failed cells that failed in it
 * @param incomplete cells that succeeded in it but for a measure
 * @param disturbed what is disturbed in its results
 */
public record RunOutcome(
    RunDirectory run, int succeeded, int failed, int incomplete, DisturbedCount disturbed) {}
