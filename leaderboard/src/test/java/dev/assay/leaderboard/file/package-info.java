/** Files that several processes share, with processes of their own. */
@NullMarked
package dev.assay.leaderboard.file;

import org.jspecify.annotations.NullMarked;
