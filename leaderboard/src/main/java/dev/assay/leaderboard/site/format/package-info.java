/** How numbers, dates, hashes and names are written on pages. */
@NullMarked
package dev.assay.leaderboard.site.format;

import org.jspecify.annotations.NullMarked;
