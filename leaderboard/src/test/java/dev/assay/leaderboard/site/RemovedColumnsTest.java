package dev.assay.leaderboard.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.ResultBuilder;
import dev.assay.leaderboard.result.Direction;
import dev.assay.leaderboard.result.Measurement;
import dev.assay.leaderboard.result.Metrics;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.sample.SampleSite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Methods of all kinds side by side, by what is gone. */
class RemovedColumnsTest {
  @TempDir Path folder;

  private static Result result(String recipe, double perplexity, double linears, double model) {
    ResultBuilder builder =
        ResultBuilder.of(recipe)
            .with(ResultBuilder.measured(Metrics.PERPLEXITY, perplexity, null, perplexity))
            .with(share(Metrics.REMOVED_FROM_LINEARS, linears))
            .with(share(Metrics.REMOVED_FROM_MODEL, model));
    return (linears == 0 ? builder.baseline() : builder).build();
  }

  private static Measurement share(String metric, double value) {
    return Measurement.computed(metric, value, "1", Direction.HIGHER_IS_BETTER, "1 − now / before");
  }

  @Test
  void sharesOfLinearsAndOfTheModelStandBesideEachOther() throws IOException {
    Path site =
        SampleSite.write(
            folder.resolve("site"),
            List.of(result("fp32", 20, 0, 0), result("svd-80", 25, 0.2, 0.125)));
    Document index = SitePages.parse(site.resolve("index.html"));

    List<String> keys = index.select("table.ranking thead th").eachAttr("data-key");
    assertThat(keys)
        .contains("removedFromLinears", "removedFromModel")
        .doesNotContain("parameters");
    List<String> row =
        index.select("table.ranking tbody tr").stream()
            .filter(each -> each.text().contains("svd-80"))
            .findFirst()
            .orElseThrow()
            .select(".value")
            .eachText();
    assertThat(row).contains("20.0", "12.5");
    assertThat(index.select("table.ranking thead").text()).contains("− linears", "− model", "%");
  }
}
