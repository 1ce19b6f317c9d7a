package dev.assay.leaderboard.site.chart;

import dev.assay.leaderboard.result.Ceiling;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.render.ScriptJson;
import dev.assay.leaderboard.site.view.Chart;
import dev.assay.leaderboard.site.view.RooflineSection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Roofline charts, one for each machine and run, as ceilings are measured anew in every run. */
public final class RooflineCharts {
  private record Place(String run, String profile, String cpu, List<String> gpus) {
    static Place of(Result result) {
      return new Place(
          result.run(),
          result.cell().target().hardwareProfile(),
          result.environment().cpu().name(),
          result.environment().gpus().stream().map(gpu -> gpu.name()).toList());
    }

    String title() {
      return gpus.isEmpty() ? cpu : String.join(", ", gpus) + " with " + cpu;
    }
  }

  private final ScriptJson json;

  /**
   * @param json embeds the numbers
   */
  public RooflineCharts(ScriptJson json) {
    this.json = json;
  }

  /**
   * The charts of all results that have ceilings or points.
   *
   * @param cells what stands before the name of a cell's page in a link
   */
  public List<RooflineSection> of(Collection<Result> results, String cells) {
    Map<Place, List<Result>> places = new LinkedHashMap<>();
    for (Result result : results) {
      places.computeIfAbsent(Place.of(result), place -> new ArrayList<>()).add(result);
    }
    List<RooflineSection> charts = new ArrayList<>();
    places.forEach(
        (place, members) -> {
          List<Ceiling> ceilings =
              members.stream().flatMap(result -> result.ceilings().stream()).distinct().toList();
          RooflineSeries series = new RooflineSeries(members, ceilings, cells);
          if (!series.isEmpty()) {
            Chart chart = chart("roofline-" + (charts.size() + 1), place, series);
            charts.add(new RooflineSection(chart, CeilingTable.of(ceilings)));
          }
        });
    return charts;
  }

  private Chart chart(String id, Place place, RooflineSeries series) {
    return new Chart(
        id,
        "roofline",
        place.title(),
        "Profile "
            + place.profile()
            + ", run "
            + place.run()
            + ". Solid: measured in this run; dashed: documented. Shown are the arithmetics that the"
            + " cells run in. Hollow points rest on a simulated latency, or on something disturbed.",
        json.embed(series.data()),
        series.table());
  }
}
