package dev.assay.harness.run;

import dev.assay.harness.run.journal.RunDirectory;

/**
 * How a run ended.
 *
 * @param run where it is
 * @param succeeded cells that succeeded in it, those of a broken-off part included
 * @param failed cells that failed in it
 * @param incomplete cells run just now of which a measure failed, while the others stand
 */
public record RunOutcome(RunDirectory run, int succeeded, int failed, int incomplete) {}
