/** The data of the charts, as numbers for the script and as tables for the reader. */
@NullMarked
package dev.assay.leaderboard.site.chart;

import org.jspecify.annotations.NullMarked;
