/** What the front page says of the runs as a whole: facts, findings, failures. */
@NullMarked
package dev.assay.leaderboard.site.overview;

import org.jspecify.annotations.NullMarked;
