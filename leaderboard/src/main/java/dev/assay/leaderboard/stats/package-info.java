/**
 * What the figures say: intervals, ratios, ranks and fronts, as pure functions of results; nothing
 * here reads a file or a database.
 */
@NullMarked
package dev.assay.leaderboard.stats;

import org.jspecify.annotations.NullMarked;
