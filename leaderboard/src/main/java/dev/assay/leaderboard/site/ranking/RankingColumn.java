package dev.assay.leaderboard.site.ranking;

import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.view.Column;
import dev.assay.leaderboard.site.view.Figure;
import dev.assay.leaderboard.stats.MetricKey;
import java.util.Optional;

/** A column of figures in a ranking table. */
interface RankingColumn {
  /** Its head. */
  Column column();

  /** Metric and protocol that all of its figures share. */
  Optional<MetricKey> key();

  /** What it shows of a cell. */
  Figure figure(Result result);
}
