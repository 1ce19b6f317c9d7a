/** Tests of the charts' numbers. */
@NullMarked
package dev.assay.leaderboard.site.chart;

import org.jspecify.annotations.NullMarked;
