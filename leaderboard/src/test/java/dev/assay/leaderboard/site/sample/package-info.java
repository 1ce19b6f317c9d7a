/** Made-up but plausible results that the site's tests and its demonstration are built from. */
@NullMarked
package dev.assay.leaderboard.site.sample;

import org.jspecify.annotations.NullMarked;
