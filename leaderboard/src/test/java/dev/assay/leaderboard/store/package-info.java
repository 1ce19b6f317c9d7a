/** Tests of the index. */
@NullMarked
package dev.assay.leaderboard.store;

import org.jspecify.annotations.NullMarked;
