package dev.assay.leaderboard.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.result.Result;
import dev.assay.leaderboard.site.sample.SampleResults;
import dev.assay.leaderboard.site.sample.SampleSite;
import dev.assay.leaderboard.site.sample.SampleVariants;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexPageTest {
  @TempDir static Path folder;
  private static Document index = new Document("");

  @BeforeAll
  static void write() throws IOException {
    Path site = SampleSite.write(folder.resolve("site"), SampleResults.all());
    index = SitePages.parse(site.resolve("index.html"));
  }

  @Test
  void ranksByPerplexityWithTies() {
    assertThat(index.select("table.ranking tbody td.rank").eachText())
        .containsExactly("1=", "1=", "3", "4", "5", "6", "7", "8", "9", "10", "–");
    assertThat(index.select("table.ranking tbody .recipe a").eachText())
        .startsWith("baseline-bf16", "baseline-fp32", "gptq-w4-g128")
        .endsWith("magnitude-50", SampleResults.FAILED);
  }

  @Test
  void hasAColumnForEachFigure() {
    assertThat(index.select("table.ranking thead th").eachAttr("data-key"))
        .containsExactly(
            "rank",
            "recipe",
            "model",
            "target",
            "perplexity",
            "perplexityRatio",
            "sizeOnDisk",
            "bitsPerWeight",
            "compressionRatio",
            "timeToFirstToken",
            "timePerOutputToken",
            "decodeThroughput",
            "speedup",
            "peakResidentMemory",
            "cacheBytesPerToken",
            "longestContext",
            "modelBandwidthUtilization");
  }

  @Test
  void everyFigureCarriesItsProvenance() {
    for (Element cell : index.select("table.ranking tbody td.number")) {
      if (!cell.select(".value").text().equals("–")) {
        assertThat(cell.select("abbr.mark")).as(cell.outerHtml()).hasSize(1);
      }
      assertThat(cell.attr("title")).as(cell.outerHtml()).isNotBlank();
    }
  }

  @Test
  void keepsSimulatedTimesAsideWithoutRankRatioOrSpeedup() {
    Element row = row("gptq-w3-g128");
    for (String key : List.of("timeToFirstToken", "timePerOutputToken", "decodeThroughput")) {
      Element cell = cell(row, key);
      assertThat(cell.hasClass("aside")).as(key).isTrue();
      assertThat(cell.select("abbr.simulated")).as(key).hasSize(1);
      assertThat(cell.hasAttr("data-v")).as("%s takes part in sorting", key).isFalse();
      assertThat(cell.hasAttr("data-best")).as(key).isFalse();
      assertThat(cell.hasAttr("data-baseline")).as(key).isFalse();
    }
    assertThat(cell(row, "speedup").text()).isEqualTo("–");
    assertThat(cell(row, "speedup").attr("title")).contains("simulated");
    assertThat(cell(row, "perplexity").hasAttr("data-v")).isTrue();
  }

  @Test
  void keepsTheFailedCellWithItsReason() {
    Element row = row(SampleResults.FAILED);
    assertThat(row.select("td.failure").text())
        .contains("failed in compress", "not positive definite");
    assertThat(index.select("#failures li")).hasSize(1);
  }

  @Test
  void marksTheBaselineAndTakesRatiosAgainstIt() {
    assertThat(row("baseline-fp32").select(".tag").text()).isEqualTo("baseline");
    assertThat(cell(row("gptq-w4-g128"), "speedup").text()).startsWith("2.02×");
    assertThat(cell(row("gptq-w4-g128"), "perplexityRatio").text()).startsWith("1.02×");
    assertThat(index.select(".notes").text()).contains("against baseline-fp32 of ref-7m");
  }

  @Test
  void findsWhatTheDataSay() {
    assertThat(finding("Lowest perplexity at ≤ 4.5 bits per weight").select("a").eachText())
        .containsExactly("gptq-w4-g128");
    assertThat(finding("Fastest measured decode").select("a").eachText())
        .containsExactlyInAnyOrder("gptq-w4-g128", "rtn-w4-g128", "awq-w4-g128");
    assertThat(finding("Pareto front of perplexity and decode speed").select("a").eachText())
        .containsExactly("gptq-w4-g128", "baseline-bf16");
  }

  @Test
  void chartsHaveTheirDataAsTables() {
    assertThat(index.select("figure.chart")).hasSize(3);
    for (Element chart : index.select("figure.chart")) {
      assertThat(chart.select("details[open] table tbody tr")).isNotEmpty();
    }
    assertThat(index.select("figure.chart[data-kind=pareto]").text())
        .contains(SampleResults.FAILED);
  }

  @Test
  void keepsProtocolsApart(@TempDir Path other) throws IOException {
    List<Result> results = new ArrayList<>(SampleResults.all());
    results.addAll(SampleVariants.otherProtocol("512").subList(0, 3));

    Path site = SampleSite.write(other.resolve("site"), results);
    Document page = SitePages.parse(site.resolve("index.html"));

    assertThat(page.select(".tabs a").eachText())
        .containsExactly(
            "europarl-en test, window 1024, float32", "europarl-en test, window 512, float32");
    List<Element> tables = page.select("table.ranking");
    assertThat(tables.get(0).select("tbody tr")).hasSize(11);
    assertThat(tables.get(1).select("tbody tr:not(.failed)")).hasSize(3);
    assertThat(tables.get(1).select("tbody tr.failed")).hasSize(1);
  }

  @Test
  void takesUtilizationsAgainstTheMeasuredCeiling() {
    assertThat(index.select(".notes").text()).contains("MBU", "ceiling measured read bandwidth");
  }

  @Test
  void findsTheBaselineOfAnotherRanking(@TempDir Path other) throws IOException {
    List<Result> results = new ArrayList<>(SampleResults.all().subList(0, 1));
    results.addAll(SampleVariants.otherProtocol("512").subList(2, 3));

    Path site = SampleSite.write(other.resolve("site"), results);
    Document page = SitePages.parse(site.resolve("index.html"));

    Element row = page.select("tr[data-method=gptq], tr[data-method=rtn]").get(0);
    int at =
        page.select("#" + row.parents().get(1).id() + " thead th")
            .eachAttr("data-key")
            .indexOf("speedup");
    assertThat(row.child(at).text()).as("speed-up").startsWith("2.0");
    assertThat(row.child(5).attr("title")).as("ratio of perplexities").contains("baseline: no");
  }

  @Test
  void showsCellsWithoutAnyPerplexityUnranked(@TempDir Path other) throws IOException {
    List<Result> bare =
        SampleVariants.edited(SampleResults.all(), tree -> tree.putArray("measurements"));

    Path site = SampleSite.write(other.resolve("site"), bare);
    Document page = SitePages.parse(site.resolve("index.html"));

    assertThat(page.select("table.ranking tbody td.rank").eachText()).containsOnly("–");
    assertThat(page.select("h2").text()).contains("no perplexity was taken");
  }

  private static Element row(String recipe) {
    return index.select("table.ranking tbody tr").stream()
        .filter(row -> row.select(".recipe a").text().equals(recipe))
        .findFirst()
        .orElseThrow();
  }

  private static Element cell(Element row, String key) {
    int at = index.select("table.ranking thead th").eachAttr("data-key").indexOf(key);
    return row.child(at);
  }

  private static Element finding(String question) {
    return index.select(".finding").stream()
        .filter(finding -> finding.select(".question").text().equals(question))
        .findFirst()
        .orElseThrow();
  }
}
