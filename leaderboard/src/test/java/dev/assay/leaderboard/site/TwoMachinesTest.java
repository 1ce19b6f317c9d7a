package dev.assay.leaderboard.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.cell.History;
import dev.assay.leaderboard.site.cell.Night;
import dev.assay.leaderboard.site.format.CellText;
import dev.assay.leaderboard.site.sample.SampleResults;
import dev.assay.leaderboard.site.sample.SampleSite;
import dev.assay.leaderboard.site.sample.SampleVariants;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results are known by cell and machine, and joined by series. */
class TwoMachinesTest {
  private static final String OTHER = "0ther0123456";

  @TempDir Path folder;

  private static List<Result> elsewhere() {
    return SampleVariants.edited(
        SampleResults.all(),
        tree -> {
          tree.put("run", "elsewhere");
          ((ObjectNode) tree.get("identity")).put("machine", OTHER);
          ((ObjectNode) tree.at("/environment/cpu")).put("name", "Another processor");
          // Faster by far: it must not make the others' times look slow.
          tree.get("measurements")
              .forEach(
                  each -> {
                    if (each.get("metric").asText().equals("decodeThroughput")) {
                      ((ObjectNode) each).remove("interval");
                      ((ObjectNode) each).put("value", each.get("value").asDouble() * 100);
                    }
                  });
        });
  }

  @Test
  void standSideBySideAndAreNotRankedTogether() throws IOException {
    List<Result> both = new ArrayList<>(SampleResults.all());
    both.addAll(elsewhere());

    Path site = SampleSite.write(folder.resolve("site"), both);

    Document index = SitePages.parse(site.resolve("index.html"));
    assertThat(index.select("table.ranking")).hasSize(2);
    assertThat(index.select("table.ranking").get(0).select("tbody tr"))
        .hasSameSizeAs(SampleResults.all());
    assertThat(index.select("table.ranking").get(1).select("tbody tr"))
        .hasSameSizeAs(SampleResults.all());
    assertThat(index.select(".panel h2").eachText())
        .anyMatch(head -> head.contains("Another processor (machine " + OTHER + ")"))
        .allMatch(head -> head.contains("(machine "));
    assertThat(index.select("[id]").eachAttr("id")).doesNotHaveDuplicates();
    assertThat(index.select("nav.tabs")).isEmpty();
    for (Result result : both) {
      assertThat(site.resolve("cells").resolve(CellText.page(result))).isRegularFile();
    }
    assertThat(site.resolve("cells").toFile().list()).hasSize(both.size());
    Document alone =
        SitePages.parse(
            SampleSite.write(folder.resolve("alone"), SampleResults.all()).resolve("index.html"));
    assertThat(index.select("table.ranking").get(0).select("td.number").eachAttr("data-best"))
        .isEqualTo(alone.select("table.ranking td.number").eachAttr("data-best"));
  }

  @Test
  void oneMachineIsNotNamedInTheHeads() throws IOException {
    Path site = SampleSite.write(folder.resolve("site"), SampleResults.all());

    assertThat(SitePages.parse(site.resolve("index.html")).select(".panel h2").text())
        .doesNotContain("machine");
  }

  @Test
  void aCellsPageHasTheNightsOfItsSeries() throws IOException {
    Result shown = SampleResults.all().get(0);
    Night night =
        new Night(
            "last-week",
            "anothercell",
            "0.1.0-older",
            shown.status(),
            Instant.parse("2026-11-16T03:00:00Z"),
            shown.measurements());
    Night itself =
        new Night(
            shown.run(), shown.cell().id(), "b", shown.status(), shown.finishedAt(), List.of());
    History history = result -> result.equals(shown) ? List.of(night, itself) : List.of();
    new SiteGenerator()
        .generate(
            SampleResults.all(),
            folder.resolve("site"),
            new SiteOptions("t", Instant.EPOCH, "0.1.0", null, Map.of(), null, history));

    Document page = SitePages.parse(folder.resolve("site/cells").resolve(CellText.page(shown)));

    assertThat(page.select("#again li").eachText())
        .singleElement()
        .asString()
        .startsWith(
            "run last-week, 2026-11-16 03:00 UTC, succeeded, build 0.1.0-older, Perplexity ")
        .contains(", Time per output token (TPOT) ");
    assertThat(page.text()).contains("series " + Objects.requireNonNull(shown.identity()).series());
  }

  @Test
  void aResultOfAnOlderBuildSaysSo() throws IOException {
    List<Result> older =
        SampleVariants.edited(
            SampleResults.all(),
            tree -> {
              tree.put("schemaVersion", 1);
              tree.remove("identity");
            });

    Path site = SampleSite.write(folder.resolve("site"), older);

    assertThat(SitePages.parse(site.resolve("index.html")).text()).contains("an older build");
    assertThat(SitePages.parse(site.resolve("cells").resolve(CellText.page(older.get(0)))).text())
        .contains("of an older build of Assay", "machine " + older.get(0).machine());
  }
}
