package dev.assay.leaderboard.site;

import dev.assay.leaderboard.site.cell.History;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the site says of its own making.
 *
 * @param title heading of the front page
 * @param generatedAt when it is made
 * @param version version of Assay that makes it
 * @param revision commit of Assay that makes it, if known
 * @param suiteFiles suite name to the file it is run from, for the commands that run a cell again;
 *     {@code suites/<name>.yaml} is assumed for others
 * @param notice a warning shown on every page, if any
 * @param history what there is of the series of a result, for its page
 */
public record SiteOptions(
    String title,
    Instant generatedAt,
    String version,
    @Nullable String revision,
    Map<String, String> suiteFiles,
    @Nullable String notice,
    History history) {
  public SiteOptions {
    if (title.isBlank()) {
      throw new IllegalArgumentException("a site needs a title");
    }
    suiteFiles = Map.copyOf(suiteFiles);
  }
}
