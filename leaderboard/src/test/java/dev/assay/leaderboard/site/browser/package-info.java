/** Tests of the site in a real headless Chromium. */
@NullMarked
package dev.assay.leaderboard.site.browser;

import org.jspecify.annotations.NullMarked;
