package dev.assay.leaderboard.site.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every page shows around its content.
 *
 * @param title name of the site
 * @param notice a warning for all pages
 * @param generated date of generation
 * @param version Assay's version and revision
 * @param legend the provenance marks
 */
public record Site(
    String title, @Nullable String notice, String generated, String version, List<Mark> legend) {
  public Site {
    legend = List.copyOf(legend);
  }
}
