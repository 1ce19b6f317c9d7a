/** The static site: pages, charts and downloads made from results alone. */
@NullMarked
package dev.assay.leaderboard.site;

import org.jspecify.annotations.NullMarked;
