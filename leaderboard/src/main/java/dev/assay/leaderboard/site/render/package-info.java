/** Templates, embedded JSON, Markdown and assets: how views become files. */
@NullMarked
package dev.assay.leaderboard.site.render;

import org.jspecify.annotations.NullMarked;
