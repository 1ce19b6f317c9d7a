package dev.assay.leaderboard.stats;

import dev.assay.leaderboard.result.Result;

/**
 * One line of a ranking.
 *
 * @param result the cell's result
 * @param standing how it stands
 */
public record Place(Result result, Standing standing) {}
