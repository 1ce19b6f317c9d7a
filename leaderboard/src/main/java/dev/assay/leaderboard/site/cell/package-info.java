/** The page of one cell. */
@NullMarked
package dev.assay.leaderboard.site.cell;

import org.jspecify.annotations.NullMarked;
