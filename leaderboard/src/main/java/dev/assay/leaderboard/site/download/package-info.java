/** The downloads: every figure as CSV, every result as JSON. */
@NullMarked
package dev.assay.leaderboard.site.download;

import org.jspecify.annotations.NullMarked;
