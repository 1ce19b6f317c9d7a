/** Tests of how views become files. */
@NullMarked
package dev.assay.leaderboard.site.render;

import org.jspecify.annotations.NullMarked;
