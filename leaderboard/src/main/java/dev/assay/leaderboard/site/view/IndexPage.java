package dev.assay.leaderboard.site.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The front page.
 *
 * @param disturbed how many figures are disturbed; absent if none is
 * @param facts what was run
 * @param filters what the rankings can be filtered by
 * @param rankings one for each perplexity protocol
 * @param rooflines one for each machine and run
 * @param failures failed cells
 */
public record IndexPage(
    @Nullable String disturbed,
    List<Fact> facts,
    Filters filters,
    List<RankingTable> rankings,
    List<RooflineSection> rooflines,
    List<FailedCell> failures) {
  public IndexPage {
    facts = List.copyOf(facts);
    rankings = List.copyOf(rankings);
    rooflines = List.copyOf(rooflines);
    failures = List.copyOf(failures);
  }
}
