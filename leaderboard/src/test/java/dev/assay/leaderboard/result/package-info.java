/** Tests of the result schema. */
@NullMarked
package dev.assay.leaderboard.result;

import org.jspecify.annotations.NullMarked;
