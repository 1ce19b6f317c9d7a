/** Files that several processes share. */
@NullMarked
package dev.assay.leaderboard.file;

import org.jspecify.annotations.NullMarked;
