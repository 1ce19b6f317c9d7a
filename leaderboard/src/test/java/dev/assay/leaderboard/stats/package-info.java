/** Tests of the statistics; expected numbers come from SciPy 1.17.1 or published tables. */
@NullMarked
package dev.assay.leaderboard.stats;

import org.jspecify.annotations.NullMarked;
