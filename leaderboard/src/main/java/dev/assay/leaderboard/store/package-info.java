/**
 * An H2 database that answers questions across result files; it can be deleted and rebuilt from
 * them at any time.
 */
@NullMarked
package dev.assay.leaderboard.store;

import org.jspecify.annotations.NullMarked;
