/** Tests of the leaderboard as a whole, and what its tests share. */
@NullMarked
package dev.assay.leaderboard;

import org.jspecify.annotations.NullMarked;
