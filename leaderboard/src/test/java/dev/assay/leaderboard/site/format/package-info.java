/** Tests of how numbers and names are written. */
@NullMarked
package dev.assay.leaderboard.site.format;

import org.jspecify.annotations.NullMarked;
