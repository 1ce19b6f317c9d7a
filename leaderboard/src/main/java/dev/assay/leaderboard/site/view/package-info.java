/** What the templates show: plain records without logic, everything already in words. */
@NullMarked
package dev.assay.leaderboard.site.view;

import org.jspecify.annotations.NullMarked;
