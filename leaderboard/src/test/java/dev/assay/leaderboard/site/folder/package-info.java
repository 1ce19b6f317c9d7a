/** How a site takes another's place. */
@NullMarked
package dev.assay.leaderboard.site.folder;

import org.jspecify.annotations.NullMarked;
