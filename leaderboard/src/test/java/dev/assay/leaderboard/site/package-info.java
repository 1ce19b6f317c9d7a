/** Tests of the site as it is written to disk, by its structure and in a real browser. */
@NullMarked
package dev.assay.leaderboard.site;

import org.jspecify.annotations.NullMarked;
