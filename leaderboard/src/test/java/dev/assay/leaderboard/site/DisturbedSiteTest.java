package dev.assay.leaderboard.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.leaderboard.site.sample.SampleResults;
import dev.assay.leaderboard.site.sample.SampleSite;
import dev.assay.leaderboard.site.sample.SampleVariants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site of which one cell would be the fastest by far, had nothing disturbed it. */
class DisturbedSiteTest {
  private static final String CELL = "awq-w4-g128";
  private static Path site;
  private static Document index;

  /** Leaves the sample in {@code target/disturbed-site}, to be looked at. */
  @BeforeAll
  static void write() throws IOException {
    site = SampleSite.write(Path.of("target", "disturbed-site"), SampleVariants.disturbed(CELL));
    index = SitePages.parse(site.resolve("index.html"));
  }

  private static Element figure(String key) {
    Element row =
        index.select("table.ranking tbody tr").stream()
            .filter(each -> each.select(".recipe a").text().equals(CELL))
            .findFirst()
            .orElseThrow();
    return row.child(index.select("table.ranking thead th").eachAttr("data-key").indexOf(key));
  }

  @Test
  void theHeadSaysHowMany() {
    // Two times, a throughput and two utilizations; seven measured ceilings.
    assertThat(index.select("#disturbed").text())
        .startsWith("Disturbed: 5 figures of 1 cell and 7 ceilings.")
        .as("some figures are taken once")
        .doesNotContain("attempt");
    assertThat(index.select(".notes").text())
        .contains("1 cell has disturbed figures (!)")
        .doesNotContain("attempt");
    assertThat(index.select(".legend").text()).contains("! disturbed");
  }

  @Test
  void aCalmSiteSaysNothing(@TempDir Path calm) throws IOException {
    Document page =
        SitePages.parse(
            SampleSite.write(calm.resolve("site"), SampleResults.all()).resolve("index.html"));

    assertThat(page.select("#disturbed")).isEmpty();
    assertThat(page.select("td abbr.disturbed")).isEmpty();
  }

  @Test
  void theFigureIsMarkedAndTakesPartInNothing() {
    for (String key :
        List.of(
            "timeToFirstToken",
            "timePerOutputToken",
            "decodeThroughput",
            "modelBandwidthUtilization")) {
      Element figure = figure(key);
      assertThat(figure.select("abbr.disturbed")).as(key).hasSize(1);
      assertThat(figure.select("abbr.measured")).as("its provenance stays").hasSize(1);
      assertThat(figure.hasClass("aside")).as(key).isTrue();
      assertThat(figure.attr("title")).contains(SampleVariants.HOG);
      assertThat(figure.hasAttr("data-v")).as("%s takes part in sorting", key).isFalse();
      assertThat(figure.hasAttr("data-best")).as(key).isFalse();
      assertThat(figure.hasAttr("data-baseline")).as(key).isFalse();
    }
    assertThat(figure("speedup").text()).isEqualTo("–");
    assertThat(figure("speedup").attr("title")).contains("disturbed: " + SampleVariants.HOG);
    assertThat(figure("perplexity").select("abbr.disturbed")).isEmpty();
    assertThat(figure("perplexity").hasAttr("data-v")).isTrue();
  }

  @Test
  void othersAreNotHeldAgainstIt() {
    assertThat(index.select("td[data-best='1.00×']").eachText())
        .as("the best decode is that of an undisturbed cell")
        .anyMatch(text -> text.startsWith("1,3"));
  }

  @Test
  void cardsAndFrontsLeaveItOut() {
    for (Element finding : index.select(".finding")) {
      if (finding.select(".question").text().contains("decode")) {
        assertThat(finding.select("a").eachText()).isNotEmpty().doesNotContain(CELL);
      }
    }
  }

  @Test
  void chartsShowItAsideWithTheReason() {
    Element speed = index.select("figure.chart[id^=pareto-decodeThroughput]").get(0);
    assertThat(speed.select("tbody tr:contains(" + CELL + ") td").eachText()).endsWith("disturbed");
    assertThat(speed.select(".chart-data").html()).contains("\"aside\":\"disturbed\"");
    Element roofline = index.select("figure.chart[data-kind=roofline]").get(0);
    assertThat(roofline.select("tbody tr:contains(" + CELL + ")").eachText())
        .allMatch(row -> row.contains("disturbed"));
    assertThat(index.select(".ceilings").text()).contains("! disturbed");
  }

  @Test
  void theCellsPageTellsTheEvidence() {
    Document page = SitePages.parse(site.resolve("cells/" + SampleResults.fileOf(CELL) + ".html"));

    assertThat(page.select("#disturbed").text()).contains("5 figures of 1 cell and 7 ceilings");
    Element row = page.select("table.measurements tr:contains(Decode throughput)").get(0);
    assertThat(row.select("abbr.disturbed")).hasSize(1);
    assertThat(row.select(".note").text())
        .contains(
            "Disturbed: " + SampleVariants.HOG,
            "tasks waited 83.0 % of the time, other work took 0.92 processors, stolen 0.0 %,"
                + " the calmest of 3 attempts");
    assertThat(row.child(4).text()).isEqualTo("none: disturbed figures are not compared");
  }

  @Test
  void theDownloadHasReasonAndEvidence() throws IOException {
    List<String> lines = Files.readAllLines(site.resolve("data/results.csv"));

    assertThat(lines.get(0))
        .contains(",provenance,disturbed,value,")
        .contains(",samples,attempts,waiting,otherWork,stolen,clock,throttles,note");
    assertThat(lines.stream().filter(line -> line.contains(SampleVariants.HOG)))
        .hasSize(5)
        .allMatch(line -> line.contains(",3,0.83,0.92,0.0,,,"));
    assertThat(Files.readString(site.resolve("data/results.json")))
        .contains("\"disturbed\" : \"" + SampleVariants.HOG);
  }
}
