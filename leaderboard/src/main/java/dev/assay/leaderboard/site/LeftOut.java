package dev.assay.leaderboard.site;

import dev.assay.leaderboard.result.Result;

/**
 * A result that the site does not show.
 *
 * @param result the result
 * @param reason what is wrong with it, in words
 */
public record LeftOut(Result result, String reason) {}
