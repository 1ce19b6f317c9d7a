package dev.assay.leaderboard.site.chart;

import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.format.MetricName;
import dev.assay.leaderboard.site.render.ScriptJson;
import dev.assay.leaderboard.site.view.Chart;
import dev.assay.leaderboard.stats.MetricKey;
import dev.assay.leaderboard.stats.ParetoFront;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Charts of perplexity against size, decode speed and what training took. */
public final class ParetoCharts {
  private final ScriptJson json;

  /**
   * @param json embeds the numbers
   */
  public ParetoCharts(ScriptJson json) {
    this.json = json;
  }

  /**
   * The charts that the results have figures for.
   *
   * @param perplexity second axis
   * @param suffix what stands behind the charts' ids, which are unique on a page
   * @param against first axes, one for each chart
   */
  public List<Chart> of(
      Collection<Result> results,
      MetricKey perplexity,
      String suffix,
      Collection<MetricKey> against) {
    List<Chart> charts = new ArrayList<>();
    for (MetricKey x : against) {
      ParetoFront front = ParetoFront.of(results, x, perplexity);
      if (!front.points().isEmpty()) {
        charts.add(chart(front, suffix));
      }
    }
    return charts;
  }

  private Chart chart(ParetoFront front, String suffix) {
    ParetoSeries series = new ParetoSeries(front);
    boolean speed = front.x().metric().equals(Metrics.DECODE_THROUGHPUT);
    return new Chart(
        "pareto-" + front.x().metric() + "-" + front.y().protocolId() + suffix,
        "pareto",
        "Perplexity against " + (speed ? "decode speed" : MetricName.inText(front.x().metric())),
        (speed ? "Lower right is better." : "Lower left is better.")
            + " The line joins the cells that no other beats in both; hollow points are simulated"
            + " or disturbed and never on it. Bars are the intervals of the perplexity.",
        json.embed(series.data()),
        series.table());
  }
}
