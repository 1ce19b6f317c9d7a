/** The folder that a site is published in, and how a site takes another's place. */
@NullMarked
package dev.assay.leaderboard.site.folder;

import org.jspecify.annotations.NullMarked;
