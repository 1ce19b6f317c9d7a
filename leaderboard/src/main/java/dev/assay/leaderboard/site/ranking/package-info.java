/** The ranking tables: which figures stand in a row, and what each says. */
@NullMarked
package dev.assay.leaderboard.site.ranking;

import org.jspecify.annotations.NullMarked;
