/**
 * The result schema: one immutable JSON file a cell, the source of truth of everything published.
 */
@NullMarked
package dev.assay.leaderboard.result;

import org.jspecify.annotations.NullMarked;
